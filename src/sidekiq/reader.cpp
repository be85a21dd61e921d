#include "src/sidekiq/reader.hpp"

#include "src/base/chunk.hpp"
#include "src/sidekiq/look.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>

namespace snow_white::sidekiq {

namespace {

void append(Snapshot& all, Snapshot&& one) {
    const auto move_all = [](auto& from, auto& to) {
        if (to.empty()) return std::swap(from, to); // without a second copy
        to.insert(to.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
    };
    all.at = std::max(all.at, one.at);
    move_all(one.processes, all.processes);
    move_all(one.dead, all.dead);
    move_all(one.stale, all.stale);
    move_all(one.jobs, all.jobs);
    move_all(one.queues, all.queues);
    all.scheduled += one.scheduled;
    all.retries += one.retries;
    all.dead_jobs += one.dead_jobs;
    all.omitted_processes += one.omitted_processes;
    all.omitted_jobs += one.omitted_jobs;
    all.omitted_queues += one.omitted_queues;
}

// A queue that several shards have is one.
void merge_queues(std::vector<Queue>& queues) {
    std::map<std::string, Queue> by_name;
    for (auto& queue : queues) {
        Queue& merged = by_name[queue.name];
        merged.name = queue.name;
        merged.waiting += queue.waiting;
        merged.paused = merged.paused || queue.paused;
    }
    queues.clear();
    for (auto& [name, queue] : by_name)
        queues.push_back(std::move(queue));
}

// A process works for one server: where two have it, two of the addresses are of one server, and
// all of it would count twice.
bool has_processes_of(const Snapshot& all, const Snapshot& one) {
    std::set<std::string_view> identities;
    for (const auto& process : all.processes)
        identities.insert(process.identity);
    return std::ranges::any_of(
        one.processes, [&](const Process& each) { return identities.contains(each.identity); });
}

// The order, and the limits: several servers may have more than one has.
void finish(Snapshot& all) {
    std::ranges::sort(all.processes, {}, &Process::identity);
    std::ranges::sort(all.dead);
    std::ranges::sort(all.jobs, [](const RunningJob& one, const RunningJob& other) {
        return std::tie(one.started, one.identity, one.thread) <
               std::tie(other.started, other.identity, other.thread);
    });
    merge_queues(all.queues);
    all.omitted_processes += cut(all.processes, Snapshot::most_processes);
    all.omitted_processes += cut(all.dead, Snapshot::most_processes);
    all.omitted_jobs += cut(all.jobs, Snapshot::most_jobs);
    all.omitted_queues += cut(all.queues, Snapshot::most_queues);
}

} // namespace

struct Reader::Connection {
    RedisUrl url;
    std::string name_space;
    std::unique_ptr<Link> link; // none: not connected
    bool has_answered = false;
    Listed listed;

    tl::expected<Snapshot, LinkFailure> look_once(Sockets& sockets, const Clock& clock,
                                                  std::size_t& text_left, Duration deadline) {
        if (!link) {
            auto opened = Link::open(url, sockets, clock, has_answered, deadline);
            if (!opened) return tl::unexpected(std::move(opened.error()));
            link = std::move(*opened);
        }
        std::size_t left = text_left; // a look that fails keeps nothing
        auto snapshot = look(*link, name_space, listed, left, deadline);
        if (snapshot)
            text_left = left;
        else
            link.reset();
        has_answered = has_answered || snapshot;
        return snapshot;
    }

    // Redis and load balancers close connections that are idle: then a fresh one is tried.
    tl::expected<Snapshot, LinkFailure> look_at_server(Sockets& sockets, const Clock& clock,
                                                       std::size_t& text_left, Duration deadline) {
        const bool was_kept = link != nullptr;
        auto snapshot = look_once(sockets, clock, text_left, deadline);
        if (!snapshot && was_kept && snapshot.error().lost && !clock.interrupted())
            return look_once(sockets, clock, text_left, deadline);
        return snapshot;
    }
};

Reader::Reader(std::vector<RedisUrl> servers, std::string name_space, Sockets& sockets,
               const Clock& clock)
    : sockets_(sockets), clock_(clock) {
    for (auto& url : servers)
        connections_.push_back({.url = std::move(url), .name_space = name_space});
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

tl::expected<Snapshot, ReadFailure> Reader::read(Duration limit) {
    Snapshot all;
    std::size_t text_left = Snapshot::most_text;
    const Duration deadline = clock_.elapsed() + limit;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        auto one = connections_[i].look_at_server(sockets_, clock_, text_left, deadline);
        if (!one) {
            one.error().failure.server = i;
            return tl::unexpected(std::move(one.error().failure));
        }
        if (has_processes_of(all, *one))
            return tl::unexpected(ReadFailure{
                .why = fmt::format("Redis at {} is the same server as one before it in the setting "
                                   "(it has the same processes): write each server once",
                                   address_of(connections_[i].url)),
                .server = i});
        append(all, std::move(*one));
    }
    finish(all);
    return all;
}

const std::vector<std::string>& read_commands() {
    static const std::vector<std::string> names{"AUTH",  "SELECT",  "TIME", "SMEMBERS",
                                                "HMGET", "HGETALL", "LLEN", "ZCARD"};
    return names;
}

} // namespace snow_white::sidekiq
