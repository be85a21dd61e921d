// What a history records for the checks and for the timeline: instances, runs, calls.
#pragma once

#include "src/promises/run_log.hpp"
#include "tests/simulation/instance_model.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simulation {

// An instance from its launch to its end.
struct InstanceLifetime {
    bool reachable_since(Instant from,
                         Instant to) const; // running and its agent online, all that time

    std::string id;
    std::string environment;
    Instant launched{};
    std::optional<Instant> ended; // it no longer runs: stopped, or shutting down
    std::shared_ptr<InstanceModel> model;
    // From when on it is reachable, or unreachable.
    std::vector<std::pair<Instant, bool>> reachability;
    Instant listed{};                    // from then on EC2's lists by tag show it
    Instant tagged{};                    // from then on SSM knows its tags
    std::optional<Instant> omitted = {}; // EC2's list omitted it once
    // No list shows it yet, or the latest did not, and SSM knows no agent with its tags.
    bool is_hidden(Instant at) const {
        const bool just_omitted = omitted && at > *omitted - std::chrono::minutes{1} &&
                                  at < *omitted + std::chrono::minutes{1};
        return (at < listed || just_omitted) &&
               (at < tagged || !reachable_since(at - std::chrono::seconds{30}, at));
    }
};

// A SendCommand of the program, as it was requested.
struct SentCommand {
    Instant at{};
    std::string region;
    std::string document;
    std::vector<std::string> targets; // instance IDs, or names of environments
    std::string command;              // empty when the answer was lost
    bool refused = false;             // because of an ID that SSM does not know
    bool is_status() const { return document.find("StatusSideKiq") != std::string::npos; }
};

// A script that started on an instance.
struct StartedScript {
    Instant at{};
    std::string instance;
    std::string action;
    std::string command;
    bool is_duplicate = false; // another script of the same kind was running there
};

// A span of time in which something was unusual.
struct Span {
    Instant from{};
    Instant until{};
    bool meets(Instant begin, Instant end) const { return from <= end && until >= begin; }
};

inline bool any_meets(const std::vector<Span>& spans, Instant from, Instant to) {
    return std::ranges::any_of(spans, [&](const Span& span) { return span.meets(from, to); });
}

// The state of an instance when a run ended.
struct InstanceAtEnd {
    std::string id;
    std::string environment;
    bool as_asked = false;
    bool runs_action = false;
    bool healthy = false; // its script does not fail, it has all its workers, SSM shows its line
};

struct TimedLine {
    Instant at{};
    std::string text;
};

// One run of the program, to its end or its death.
struct Run {
    Instant begun{};
    Instant ended{};
    std::string action;
    bool second = false;     // by the second of two operators
    bool killed = false;     // as by kill -9
    bool terminated = false; // it got SIGTERM
    bool goes_round = false; // it would never have ended, and was killed
    int exit_code = -1;
    std::vector<TimedLine> printed;   // on the terminal, with the time
    std::string out;                  // the same as one text
    snow_white::promises::RunLog log; // the same as events, in world time
    std::vector<std::string> messages;
    // By region; without Slack's calls and without further pages of a listing.
    std::map<std::string, std::vector<Instant>> calls;
    std::size_t further_pages = 0;
    std::vector<SentCommand> sent;
    std::vector<Instant> failed_calls; // failed calls to AWS, except refused instance IDs
    std::vector<Instant> failed_sends; // those of them that were SendCommand
    std::set<std::string>
        malformed_calls;               // actions that AWS refused because of the form of the call
    std::vector<Span> pauses;          // the monitor's process was suspended
    std::vector<InstanceAtEnd> at_end; // the instances that existed then
    bool document_missing = false;     // a region had no status document
    bool environments_ready = true;    // at the end, of the run's environments

    std::size_t all_calls() const {
        std::size_t all = further_pages;
        for (const auto& [region, made] : calls)
            all += made.size();
        return all;
    }
};

} // namespace simulation
