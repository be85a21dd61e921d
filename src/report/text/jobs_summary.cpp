#include "src/report/text/jobs_summary.hpp"

#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/time_format.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <tuple>

namespace snow_white::report {

namespace {

using sidekiq::Process;
using sidekiq::Snapshot;

constexpr std::size_t most_named = 5;
constexpr std::size_t many_jobs = 10; // of more the classes are summed up

// "a, b, and 3 more"
std::string some_of(const std::vector<std::string>& names) {
    const auto first = first_of(names, most_named);
    const std::size_t more = names.size() - first.size();
    return fmt::format("{}{}", fmt::join(first, ", "),
                       more == 0 ? "" : fmt::format(", and {} more", more));
}

std::string processes_are(std::size_t count) {
    return pluralize(count, "process is", "processes are");
}

std::string processes(std::size_t count) {
    return pluralize(count, "process", "processes");
}

template <class Keep> std::vector<std::string> names_of_those(const Snapshot& snapshot, Keep keep) {
    std::vector<std::string> names;
    for (const auto& process : snapshot.processes)
        if (keep(process)) names.push_back(host_and_pid(process));
    return names;
}

// "HOST:PID" of "HOST:PID:NONCE": of a dead process nothing else is known.
std::string without_nonce(const std::string& identity) {
    return identity.substr(0, identity.rfind(':'));
}

// Queues in which jobs wait, the longest first, and those that are paused.
std::string queue_list(const Snapshot& snapshot) {
    std::vector<sidekiq::Queue> queues;
    for (const auto& queue : snapshot.queues)
        if (queue.waiting > 0 || queue.paused) queues.push_back(queue);
    std::ranges::stable_sort(queues, std::ranges::greater{}, &sidekiq::Queue::waiting);
    std::vector<std::string> texts;
    for (const auto& queue : queues)
        texts.push_back(
            fmt::format("{} {}{}", queue.name, queue.waiting, queue.paused ? " paused" : ""));
    return texts.empty() ? "" : fmt::format(" ({})", some_of(texts));
}

std::string waiting_text(const Snapshot& snapshot, const RedisCounts& counts) {
    const bool none = counts.waiting == 0;
    const std::size_t queues = none ? snapshot.queues.size() : counts.waiting_queues;
    const std::string how_many =
        none ? "none waits"
             : fmt::format("{} {}", counts.waiting, counts.waiting == 1 ? "waits" : "wait");
    return fmt::format("{} in {}{}", how_many, pluralize(queues, "queue"), queue_list(snapshot));
}

std::string running_text(const Snapshot& snapshot, const RedisCounts& counts) {
    if (snapshot.processes.empty()) return "no Sidekiq process is alive";
    const std::size_t jobs = snapshot.jobs.size() + snapshot.omitted_jobs;
    return fmt::format("{} {} in {} on {}", pluralize(jobs, "job"), jobs == 1 ? "runs" : "run",
                       processes(snapshot.processes.size()), pluralize(counts.hosts, "host"));
}

// The smaller group is named: who still takes jobs in a quiet, and who does not otherwise.
std::string quiet_note(const Snapshot& snapshot) {
    const std::size_t all = snapshot.processes.size();
    const std::size_t quiet = counts_of(snapshot).quiet;
    const std::size_t awake = all - quiet;
    if (all == 0) return "";
    if (quiet == 0) return fmt::format("{} {} jobs", processes(all), all == 1 ? "takes" : "take");
    if (awake == 0) return processes_are(all) + " quiet: none takes jobs";
    const bool names_quiet = quiet < awake;
    const auto names = names_of_those(
        snapshot, [names_quiet](const Process& one) { return one.quiet == names_quiet; });
    return fmt::format("{} quiet{}; {} {} jobs{}", processes_are(quiet),
                       names_quiet ? ": " + some_of(names) : "", awake,
                       awake == 1 ? "takes" : "take", names_quiet ? "" : ": " + some_of(names));
}

std::string embedded_note(const Snapshot& snapshot) {
    const auto names = names_of_those(snapshot, [](const Process& one) { return one.embedded; });
    if (names.empty()) return "";
    return fmt::format("{} embedded in another program: {}", processes_are(names.size()),
                       some_of(names));
}

std::string dead_note(const Snapshot& snapshot) {
    if (snapshot.dead.empty()) return "";
    std::vector<std::string> names;
    for (const auto& identity : snapshot.dead)
        names.push_back(without_nonce(identity));
    return fmt::format("{} dead, without a sign of life for {} s: {}",
                       processes_are(snapshot.dead.size()), sidekiq::most_beat_age.count(),
                       some_of(names));
}

std::string omitted_note(const Snapshot& snapshot) {
    std::vector<std::string> parts;
    if (snapshot.omitted_processes > 0) parts.push_back(processes(snapshot.omitted_processes));
    if (snapshot.omitted_jobs > 0) parts.push_back(pluralize(snapshot.omitted_jobs, "job"));
    if (snapshot.omitted_queues > 0) parts.push_back(pluralize(snapshot.omitted_queues, "queue"));
    if (parts.empty()) return "";
    return fmt::format("not shown, as there are too many or their form is unknown: {}",
                       fmt::join(parts, ", "));
}

// Which jobs of two snapshots are the same run of the same job.
using RunKey = std::tuple<std::string_view, std::string_view, std::string_view, Instant>;

RunKey key_of(const sidekiq::RunningJob& job) {
    return {job.identity, job.thread, job.id, job.started};
}

std::set<RunKey> keys_of(const Snapshot& snapshot) {
    std::set<RunKey> keys;
    for (const auto& job : snapshot.jobs)
        keys.insert(key_of(job));
    return keys;
}

} // namespace

RedisCounts counts_of(const Snapshot& snapshot) {
    RedisCounts counts;
    std::set<std::string_view> hosts;
    for (const auto& process : snapshot.processes) {
        hosts.insert(process.host);
        counts.quiet += process.quiet ? 1 : 0;
        counts.embedded += process.embedded ? 1 : 0;
    }
    counts.hosts = hosts.size();
    for (const auto& queue : snapshot.queues) {
        counts.waiting += queue.waiting;
        counts.waiting_queues += queue.waiting > 0 ? 1 : 0;
    }
    return counts;
}

std::string jobs_sentence(const Snapshot& snapshot) {
    const RedisCounts counts = counts_of(snapshot);
    return fmt::format("{}; {}; {} scheduled, {} to be tried again, {} dead",
                       running_text(snapshot, counts), waiting_text(snapshot, counts),
                       snapshot.scheduled, snapshot.retries, snapshot.dead_jobs);
}

std::vector<std::string> brief_jobs_sums(const Snapshot& snapshot) {
    const RedisCounts counts = counts_of(snapshot);
    return {fmt::format("{} run", pluralize(snapshot.jobs.size() + snapshot.omitted_jobs, "job")),
            fmt::format("{} wait", counts.waiting),
            processes(snapshot.processes.size()),
            fmt::format("{} quiet", counts.quiet),
            fmt::format("{} scheduled", snapshot.scheduled),
            fmt::format("{} to be tried again", snapshot.retries)};
}

std::string class_counts(const Snapshot& snapshot, std::size_t first) {
    std::map<std::string_view, std::size_t> by_class;
    for (const auto& job : rest_of(snapshot.jobs, first))
        ++by_class[job.class_name];
    std::vector<std::pair<std::string_view, std::size_t>> counts(by_class.begin(), by_class.end());
    std::ranges::stable_sort(counts, std::ranges::greater{},
                             &std::pair<std::string_view, std::size_t>::second);
    std::vector<std::string> texts;
    for (const auto& [name, count] : first_of(counts, most_named))
        texts.push_back(fmt::format("{} {}", count, name));
    std::size_t others = 0;
    for (const auto& [name, count] : rest_of(counts, most_named))
        others += count;
    if (others > 0)
        texts.push_back(fmt::format("and {} of {} other {}", others, counts.size() - most_named,
                                    counts.size() - most_named == 1 ? "class" : "classes"));
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<std::string> jobs_notes(const Snapshot& snapshot) {
    std::vector<std::string> notes{omitted_note(snapshot), quiet_note(snapshot),
                                   embedded_note(snapshot), dead_note(snapshot)};
    if (snapshot.jobs.size() > many_jobs)
        notes.push_back("running by class: " + class_counts(snapshot));
    std::erase(notes, "");
    return notes;
}

JobsChanges changes_between(const Snapshot& before, const Snapshot& now) {
    JobsChanges changes{.marks = std::string(now.jobs.size(), ' '), .sentence = {}};
    std::vector<std::string> parts;
    // Where jobs were left out, one that is not seen may still run.
    if (before.omitted_jobs == 0 && now.omitted_jobs == 0) {
        auto earlier = keys_of(before);
        std::size_t began = 0;
        for (std::size_t i = 0; i < now.jobs.size(); ++i)
            if (earlier.erase(key_of(now.jobs[i])) == 0) {
                changes.marks[i] = '+';
                ++began;
            }
        if (!earlier.empty()) parts.push_back(pluralize(earlier.size(), "job") + " ended");
        if (began > 0) parts.push_back(fmt::format("{} began", began));
    }
    const std::int64_t more = counts_of(now).waiting - counts_of(before).waiting;
    if (more != 0)
        parts.push_back(
            fmt::format("{} {} wait", more < 0 ? -more : more, more < 0 ? "fewer" : "more"));
    if (parts.empty()) parts.emplace_back("no change");
    changes.sentence = fmt::format("since {}: {}", time_of_day(before.at), fmt::join(parts, ", "));
    return changes;
}

} // namespace snow_white::report
