#include "src/sidekiq/look.hpp"

#include "src/sidekiq/read_job.hpp"
#include "src/sidekiq/read_process.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>

namespace snow_white::sidekiq {

namespace {

using Names = std::vector<std::string>;
using Kind = Element::Kind;

constexpr std::size_t longest_identity = 400;
constexpr std::size_t longest_queue_name = 400;
constexpr std::size_t longest_thread = 40;
constexpr std::size_t longest_field = 256 * 1024; // of a process

// "HOST:PID:NONCE" with a nonce of 12 characters. The ACL rule of docs/security.md allows no other
// key: one odd name must not keep the others from being read.
bool is_identity(std::string_view name) {
    constexpr std::size_t nonce = 12;
    const std::size_t end = name.rfind(':');
    if (end == std::string_view::npos || name.size() - end - 1 != nonce) return false;
    return name.substr(0, end).find(':') != std::string_view::npos;
}

// The names of a set: those that fit. Counts the others.
struct SetOfNames {
    std::size_t most = 0;
    std::size_t longest = 0;
    Names names;
    std::size_t omitted = 0;
    bool (*fits)(std::string_view) = [](std::string_view) { return true; };

    bool take(const Element& element) {
        if (element.kind == Kind::list) return true;
        if (element.kind != Kind::text) return false;
        const std::string_view name = element.as_text();
        if (names.size() < most && name.size() <= longest && fits(name))
            names.emplace_back(name);
        else
            ++omitted;
        return true;
    }

    // Redis itself has each name once.
    void sort() {
        std::ranges::sort(names);
        names.erase(std::unique(names.begin(), names.end()), names.end()); // clang 14 has no other
    }

    bool has(const std::string& name) const { return std::ranges::binary_search(names, name); }
};

// No list or set of Redis has more than 2^32 - 1 elements; sums of such counts do not overflow.
bool take_count(const Element& element, std::int64_t& count) {
    constexpr std::int64_t most = 4'294'967'295;
    if (element.kind != Kind::integer || element.integer < 0 || element.integer > most)
        return false;
    count = element.integer;
    return true;
}

std::size_t text_size(const Process& process) {
    std::size_t size =
        process.identity.size() + process.host.size() + process.version.size() + process.tag.size();
    for (const auto& queue : process.queues)
        size += queue.size();
    return size;
}

std::size_t text_size(const RunningJob& job) {
    return job.class_name.size() + job.id.size() + job.queue.size() + job.thread.size() +
           job.identity.size();
}

Names without(const Names& names, const Names& others) {
    Names rest;
    std::ranges::set_difference(names, others, std::back_inserter(rest));
    return rest;
}

class Looking {
public:
    Looking(Link& link, const std::string& name_space, Listed& listed, std::size_t& text_left,
            Duration deadline)
        : link_(link), prefix_(name_space.empty() ? "" : name_space + ":"), listed_(listed),
          text_left_(text_left), deadline_(deadline) {}

    tl::expected<Snapshot, LinkFailure> run();

private:
    tl::expected<void, LinkFailure> send();
    void ask(Names words, TakeElement take, std::function<void()> wrong_type = {}) {
        commands_.push_back({std::move(words), std::move(take), std::move(wrong_type)});
    }
    void ask_time();
    void ask_set(const char* key, SetOfNames& names);
    void ask_paused();
    void ask_size(const char* key, std::int64_t& size);
    void ask_processes(const Names& identities);
    void ask_queues(const Names& names);
    void ask_jobs(const Names& identities);
    void ask_jobs_in(const std::string& key, const Process& process);
    bool take_job(const Element& element, const Process& process, std::string& thread);
    bool take_field(const Element& element, const std::string& identity);
    void understand(const std::string& identity);
    bool keep(std::size_t bytes);
    void finish_processes();
    void finish_queues();

    Link& link_;
    std::string prefix_;
    Listed& listed_;
    std::size_t& text_left_;
    Duration deadline_;
    std::vector<Command> commands_;
    Snapshot snapshot_;
    SetOfNames identities_{Snapshot::most_processes, longest_identity, {}, 0, is_identity};
    SetOfNames queues_{Snapshot::most_queues, longest_queue_name, {}, 0};
    SetOfNames paused_{Snapshot::most_queues, longest_queue_name, {}, 0};
    ProcessFields fields_;       // of the process whose reply comes in
    std::size_t fields_due_ = 0; // that are still to come
    std::map<std::string, std::optional<std::int64_t>> waiting_; // none: not read
    // Also of processes that have left the set since the last look.
    std::map<std::string, Process> alive_;
    Names dead_; // without a hash
    Names stale_;
    Names unread_;
};

tl::expected<void, LinkFailure> Looking::send() {
    auto sent = link_.exchange(commands_, deadline_);
    commands_.clear();
    return sent;
}

void Looking::ask_time() {
    ask({"TIME"}, [this](const Element& element) {
        if (element.kind == Kind::list) return true;
        std::int64_t number = 0;
        const auto text = element.as_text();
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        constexpr std::int64_t most = 100'000'000'000; // seconds: the year 5138
        if (error != std::errc{} || number < 0 || number > most) return false;
        snapshot_.at += element.index == 0 ? Duration{number * 1000} : Duration{number / 1000};
        return true;
    });
}

void Looking::ask_set(const char* key, SetOfNames& names) {
    ask({"SMEMBERS", prefix_ + key},
        [&names](const Element& element) { return names.take(element); });
}

// Only Sidekiq Pro has this set: elsewhere the name may be somebody else's.
void Looking::ask_paused() {
    ask_set("paused", paused_);
    commands_.back().wrong_type = [] {};
}

void Looking::ask_size(const char* key, std::int64_t& size) {
    ask({"ZCARD", prefix_ + key},
        [&size](const Element& element) { return take_count(element, size); });
}

void Looking::ask_processes(const Names& identities) {
    for (const auto& identity : identities) {
        Names words{"HMGET", prefix_ + identity};
        words.insert(words.end(), process_fields.begin(), process_fields.end());
        ask(
            std::move(words),
            [this, identity](const Element& element) { return take_field(element, identity); },
            [this, identity] { unread_.push_back(identity); });
    }
}

// A list of all fields, then each of them. One process at a time is in memory as Redis has it.
bool Looking::take_field(const Element& element, const std::string& identity) {
    if (element.kind == Kind::list) {
        fields_ = {};
        fields_due_ = process_fields.size();
        return element.integer == static_cast<std::int64_t>(fields_due_);
    }
    if (element.kind != Kind::text && element.kind != Kind::none) return false;
    if (fields_due_ == 0) return false; // no list
    if (element.kind == Kind::text) {
        fields_.there = true;
        if (element.text.size() <= longest_field)
            fields_.values.at(element.index) = element.as_text();
        else
            fields_.too_large = true;
    }
    if (--fields_due_ == 0) understand(identity);
    return true;
}

// A process may have ended since the set was read: then it is as one that was killed.
void Looking::understand(const std::string& identity) {
    auto process = read_process(identity, fields_);
    const bool is_old = process && snapshot_.at - process->beat > most_beat_age;
    if (!fields_.there)
        dead_.push_back(identity);
    else if (is_old)
        stale_.push_back(identity);
    else if (process && keep(text_size(*process)))
        alive_.emplace(identity, std::move(*process));
    else
        unread_.push_back(identity);
    fields_ = {};
}

// Whether so much text more may be kept.
bool Looking::keep(std::size_t bytes) {
    if (bytes > text_left_) return false;
    text_left_ -= bytes;
    return true;
}

void Looking::ask_queues(const Names& names) {
    for (const auto& name : names)
        ask(
            {"LLEN", prefix_ + "queue:" + name},
            [&waiting = waiting_[name]](const Element& element) {
                return take_count(element, waiting.emplace(0));
            },
            [] {}); // not read
}

void Looking::ask_jobs(const Names& identities) {
    std::size_t expected = snapshot_.jobs.size();
    for (const auto& identity : identities)
        if (const auto found = alive_.find(identity); found != alive_.end())
            expected += static_cast<std::size_t>(found->second.busy);
    snapshot_.jobs.reserve(std::min(expected, Snapshot::most_jobs));
    for (const auto& identity : identities) {
        const auto found = alive_.find(identity);
        if (found == alive_.end() || found->second.busy == 0) continue;
        ask_jobs_in(prefix_ + identity + ":work", found->second);
        // Sidekiq says its version since 7.
        if (found->second.version.empty())
            ask_jobs_in(prefix_ + identity + ":workers", found->second);
    }
}

void Looking::ask_jobs_in(const std::string& key, const Process& process) {
    ask(
        {"HGETALL", key},
        [this, &process, thread = std::string()](const Element& element) mutable {
            return element.kind == Kind::list || take_job(element, process, thread);
        },
        [this, jobs = static_cast<std::size_t>(process.busy)] { snapshot_.omitted_jobs += jobs; });
}

// A thread and its job, in turn.
bool Looking::take_job(const Element& element, const Process& process, std::string& thread) {
    if (element.kind != Kind::text) return false;
    if (element.index % 2 == 0) {
        thread = bounded(element.as_text(), longest_thread);
        return true;
    }
    auto job = read_job(element.text);
    if (job) {
        job->thread = thread;
        job->identity = process.identity;
    }
    if (job && snapshot_.jobs.size() < Snapshot::most_jobs && keep(text_size(*job)))
        snapshot_.jobs.push_back(std::move(*job));
    else
        ++snapshot_.omitted_jobs;
    return true;
}

void Looking::finish_processes() {
    const auto left = [this](const std::string& identity) { return !identities_.has(identity); };
    std::erase_if(alive_, [&left](const auto& entry) { return left(entry.first); });
    for (Names* const names : {&dead_, &stale_, &unread_})
        std::erase_if(*names, left);
    snapshot_.omitted_processes = identities_.omitted + unread_.size();
    const auto keep_name = [this](const std::string& identity, Names& names) {
        auto name = bounded(identity, longest_identity);
        if (keep(name.size()))
            names.push_back(std::move(name));
        else
            ++snapshot_.omitted_processes;
    };
    for (const auto& identity : dead_)
        keep_name(identity, snapshot_.dead);
    for (const auto& identity : stale_) {
        keep_name(identity, snapshot_.dead);
        keep_name(identity, snapshot_.stale);
    }
    for (auto& [identity, process] : alive_)
        snapshot_.processes.push_back(std::move(process));
}

void Looking::finish_queues() {
    snapshot_.omitted_queues = queues_.omitted;
    for (const auto& name : queues_.names) {
        const auto waiting = waiting_[name];
        auto text = bounded(name, longest_queue_name);
        if (waiting && keep(text.size()))
            snapshot_.queues.push_back(
                {.name = std::move(text), .waiting = *waiting, .paused = paused_.has(name)});
        else
            ++snapshot_.omitted_queues;
    }
}

tl::expected<Snapshot, LinkFailure> Looking::run() {
    ask_time();
    ask_set("processes", identities_);
    ask_set("queues", queues_);
    ask_paused();
    ask_size("schedule", snapshot_.scheduled);
    ask_size("retry", snapshot_.retries);
    ask_size("dead", snapshot_.dead_jobs);
    ask_processes(listed_.identities);
    ask_queues(listed_.queues);
    if (auto sent = send(); !sent) return tl::unexpected(std::move(sent.error()));

    for (SetOfNames* names : {&identities_, &queues_, &paused_})
        names->sort();
    const Names unknown = without(identities_.names, listed_.identities);
    const Names known = without(identities_.names, unknown);
    ask_processes(unknown);
    ask_queues(without(queues_.names, listed_.queues));
    ask_jobs(known);
    if (auto sent = send(); !sent) return tl::unexpected(std::move(sent.error()));

    ask_jobs(unknown);
    if (auto sent = send(); !sent) return tl::unexpected(std::move(sent.error()));
    finish_processes();
    finish_queues();
    listed_ = {identities_.names, queues_.names};
    return std::move(snapshot_);
}

} // namespace

tl::expected<Snapshot, LinkFailure> look(Link& link, const std::string& name_space, Listed& listed,
                                         std::size_t& text_left, Duration deadline) {
    return Looking(link, name_space, listed, text_left, deadline).run();
}

} // namespace snow_white::sidekiq
