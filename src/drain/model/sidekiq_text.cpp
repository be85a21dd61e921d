#include "src/drain/model/sidekiq_text.hpp"

#include "src/base/contains.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/time_format.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::drain {

namespace {

constexpr std::size_t most_named = 3; // of jobs, hosts and queues, in one sentence

// "a, b, c and 2 more"
std::string join(std::vector<std::string> parts, std::size_t all, std::string_view between) {
    const std::size_t named = std::min(parts.size(), most_named);
    parts.resize(named);
    std::string text = fmt::format("{}", fmt::join(parts, between));
    if (all > named) text += fmt::format(" and {} more", all - named);
    return text;
}

std::string classes_text(const SidekiqView& view) {
    std::vector<std::string> parts;
    for (const auto& one : view.classes)
        if (parts.size() < most_named)
            parts.push_back(fmt::format("{} {}", one.jobs, one.class_name));
    return fmt::format("{}{}", fmt::join(parts, ", "),
                       view.classes.size() > most_named ? ", …" : "");
}

} // namespace

std::string job_text(const JobLeft& job, Instant now) {
    return fmt::format("{} ({}) {} on {}", job.class_name, job.queue,
                       in_words(std::max<Duration>(now - job.started, Duration{0})), job.where);
}

std::string jobs_text(const SidekiqView& view, Instant now) {
    if (view.jobs == 0) return "";
    std::vector<std::string> parts;
    for (const auto& job : view.longest)
        parts.push_back(job_text(job, now));
    const auto jobs = static_cast<std::size_t>(view.jobs);
    return fmt::format("{} left: {}{}{}", pluralize(view.jobs, "job"), join(parts, jobs, "; "),
                       jobs > most_named ? "; by class: " : "",
                       jobs > most_named ? classes_text(view) : "");
}

std::string unread_text(const SidekiqView& view) {
    using enum SidekiqView::Source;
    if (view.source == unavailable) return "Sidekiq's Redis could not be read: " + view.why;
    if (view.source == unrelated && view.stale_of_fleet > 0)
        return "Sidekiq's Redis has the workers of this fleet with heartbeats of more than 60 s "
               "ago: the clocks of their hosts are behind";
    if (view.source == unrelated && view.fleet_is_stopped)
        return "Sidekiq's Redis has no worker of this fleet, since all of them are stopped: which "
               "queues they take, and who else takes from these, is not known";
    if (view.source == unrelated)
        return "Sidekiq's Redis has no worker of this fleet: it may be another application's";
    std::vector<std::string> parts;
    if (view.unread_processes > 0)
        parts.push_back(pluralize(view.unread_processes, "process", "processes"));
    if (view.unread_queues > 0) parts.push_back(pluralize(view.unread_queues, "queue"));
    if (parts.empty()) return "";
    return fmt::format("{} of Sidekiq's Redis could not be read, or are too many",
                       fmt::join(parts, " and "));
}

std::vector<std::string> doubts_about(const SidekiqView& view) {
    std::vector<std::string> doubts;
    if (view.missing_workers > 0)
        doubts.push_back(fmt::format("Sidekiq's Redis has {} of {} of this fleet: it was restarted "
                                     "a moment ago, or the others have another one",
                                     view.fleet_workers - view.missing_workers,
                                     pluralize(view.fleet_workers, "worker")));
    if (view.unsettled > 0)
        doubts.push_back(
            fmt::format("{} of this fleet take or run jobs by Sidekiq's Redis, with a "
                        "heartbeat of more than 11 s ago: a host's clock may be behind",
                        pluralize(view.unsettled, "process", "processes")));
    if (view.unattributed > 0)
        doubts.push_back(
            fmt::format("{} of this fleet take or run jobs by Sidekiq's Redis, with a heartbeat of "
                        "the last 11 s; which instance it is, is not known",
                        pluralize(view.unattributed, "process", "processes")));
    if (view.stale > 0)
        doubts.push_back(fmt::format("the heartbeats of {} in Sidekiq's Redis are more than 60 s "
                                     "old, and may be of a host whose clock is behind",
                                     pluralize(view.stale, "process", "processes")));
    return doubts;
}

std::string others_text(const SidekiqView& view) {
    if (view.other_processes == 0) return "";
    std::vector<std::string> hosts;
    std::vector<std::string> queues;
    for (const auto& one : view.others) {
        hosts.push_back(one.host + (one.embedded ? " (inside another program)" : ""));
        for (const auto& queue : one.queues)
            if (!contains(queues, queue)) queues.push_back(queue);
    }
    const std::size_t all_queues = queues.size();
    return fmt::format(
        "{} on {} {} from {}", pluralize(view.other_processes, "process", "processes"),
        join(hosts, view.other_hosts, ", "), view.other_processes == 1 ? "takes" : "take",
        join(queues, all_queues, ", "));
}

std::string waiting_text(const SidekiqView& view, bool compares) {
    if (view.source != SidekiqView::Source::read) return "";
    const bool has_before = compares && view.waiting_before;
    if (view.waiting == 0 && !(has_before && *view.waiting_before > 0)) return "";
    std::vector<std::string> parts;
    for (const auto& one : view.queues)
        parts.push_back(
            fmt::format("{} in {}{}", one.jobs, one.queue, one.paused ? " (paused)" : ""));
    const std::size_t all_queues = parts.size();
    std::string text =
        fmt::format("{} {}", pluralize(view.waiting, "job"), view.waiting == 1 ? "waits" : "wait");
    if (!parts.empty()) text += ": " + join(parts, all_queues, ", ");
    if (has_before) text += fmt::format("; {} when the run began", *view.waiting_before);
    return text;
}

} // namespace snow_white::drain
