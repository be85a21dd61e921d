// A run's log, as far as the promises are about it: an event for each line. read_log.hpp fills it
// from a log, the simulation with what it has recorded.
#pragma once

#include "src/base/clock.hpp"
#include "src/drain/model/action.hpp"
#include "src/drain/model/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace snow_white::promises {

// `noted`, `said`, `error`, and any other line of a log for people.
struct Words {
    bool noted = false; // by the drain, neither about Slack nor by the launcher
};

struct Discovered {
    bool several = false;       // the run has several regions or profiles
    std::size_t regions = 1;    // their number, as far as the line shows it
    std::int64_t instances = 0; // 0: none, or not known
};

struct Started {
    std::string action; // "quiet", "wake", "stop", "status"
    bool adopted = false;
    std::string region_label; // the region's label; empty: the run has one region
};

struct ProgressCounts { // `advanced`, `standing`
    std::int64_t completed = 0;
    std::int64_t targeted = 0;
    std::int64_t well = 0; // as asked or gone
    std::int64_t instances = 0;
    std::optional<Instant> begun = {}; // only in `standing`, as the next
    std::optional<Duration> timeout = {};
};

struct Worker {
    std::string state;
    std::int64_t busy = 0;
};

struct InstanceEnd {
    std::string id;
    std::string outcome; // the key of --json
    bool as_asked = false;
    std::vector<Worker> workers;
};

struct RegionEnd {
    std::string region_label;
    std::string verdict;
    bool begun = true; // a command may have been sent there
};

// The report. A log for people has only its headline: the rest is empty there.
struct ReportEnd {
    std::optional<drain::Action> action;
    std::string verdict; // the key of --json; by a headline "done", "timed_out", or empty
    // "QUIET: …", not "NOT QUIET: …"; none: it is no such line.
    std::optional<bool> headline_is_done = {};
    bool verified = false;
    bool begun = true;         // a command may have been sent
    bool gives_reason = false; // beside instances: `why`, `unverified`, `on_pods` or `left`
    std::optional<std::int64_t> instances = {};
    std::optional<Duration> elapsed = {};
    std::optional<Duration> timeout = {};
    std::vector<RegionEnd> regions;
};

struct Ended { // the last line of --json
    std::int64_t code = 0;
    std::string name;
};

struct Finding {}; // of a dry run
struct Launch {};  // launching, submitted, task
struct Other {};   // any other event of ours: the status of an instance, a cancel

using Facts = std::variant<Other, Words, Discovered, Started, ProgressCounts, InstanceEnd,
                           ReportEnd, Ended, Finding, Launch>;

struct Event {
    Instant at{};
    std::string text; // any bytes: not fit for a terminal
    Facts facts;
    std::size_t line = 0; // of its file, from 1; 0: none
    bool in_json = false;
    bool silent = false; // `standing`: people do not read it
};

template <class Kind> const Kind* as(const Event& event) {
    return std::get_if<Kind>(&event.facts);
}

// None: null.
template <class Kind> const Event* first(const std::vector<Event>& events) {
    for (const auto& event : events)
        if (as<Kind>(event) != nullptr) return &event;
    return nullptr;
}

struct RunLog {
    std::vector<Event> events;
    bool in_json = false;  // the drain's lines are objects of --json
    bool launched = false; // a launcher's lines for people came before

    void add(Event event);

    // --dry-run
    bool is_dry() const { return first<Finding>(events) != nullptr; }
    // It sent a command, or was about to: such a run ends with a report.
    bool is_drain() const;
    // The first; none: null.
    const Event* report() const { return first<ReportEnd>(events); }
    const Event* ended() const { return first<Ended>(events); }
    // A launcher wrote the log, and may end before its task does.
    bool is_launched() const { return launched || first<Launch>(events) != nullptr; }
    // … before the report, which only the task's log has then.
    bool launcher_stopped_watching() const;
    // The drain's first line. A launcher's lines come before it.
    const Event* begin() const;
    // When the run's time begins, from which the deadline counts; none: no line shows it.
    std::optional<Instant> time_begun() const;
    // The number of regions or profiles.
    std::size_t regions() const;
    // The highest number that a line has.
    std::int64_t instances() const;
};

} // namespace snow_white::promises
