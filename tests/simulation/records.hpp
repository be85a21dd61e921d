// What a history remembers, for the promises and for the story: instances, runs, what went over the
// wire.
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
struct Life {
    bool reachable_since(Instant from,
                         Instant to) const; // running and its agent online, all that time

    std::string id;
    std::string environment;
    Instant launched{};
    std::optional<Instant> ended; // it runs no more: stopped, or on its way to be terminated
    std::shared_ptr<InstanceModel> model;
    std::vector<std::pair<Instant, bool>> reach; // from when on it can be reached, or cannot
    Instant listed{};                            // from then on EC2's lists by tag show it
    Instant tagged{};                            // from then on SSM knows its tags
    std::optional<Instant> omitted = {};         // EC2's list lacked it once
    // No list shows it yet, or the latest did not, and SSM knows no agent with its tags.
    bool is_hidden(Instant at) const {
        const bool just_omitted = omitted && at > *omitted - std::chrono::minutes{1} &&
                                  at < *omitted + std::chrono::minutes{1};
        return (at < listed || just_omitted) &&
               (at < tagged || !reachable_since(at - std::chrono::seconds{30}, at));
    }
};

// A SendCommand of the program, as seen on the wire.
struct Sent {
    Instant at{};
    std::string region;
    std::string document;
    std::vector<std::string> targets; // instance ids, or names of environments
    std::string command;              // empty when the answer was lost
    bool refused = false;             // for an id that SSM does not know
    bool is_status() const { return document.find("StatusSideKiq") != std::string::npos; }
};

// A script that started on an instance.
struct Started {
    Instant at{};
    std::string instance;
    std::string action;
    std::string command;
    bool doubled = false; // one that acts the same way was running there
};

// From one moment to another something was not as usual.
struct Span {
    Instant from{};
    Instant until{};
    bool meets(Instant begin, Instant end) const { return from <= end && until >= begin; }
};

inline bool any_meets(const std::vector<Span>& spans, Instant from, Instant to) {
    return std::ranges::any_of(spans, [&](const Span& span) { return span.meets(from, to); });
}

// What an instance was like when a run ended.
struct AtEnd {
    std::string id;
    std::string environment;
    bool as_asked = false;
    bool acts = false;
    bool fit = false; // no script of it fails, none of its workers is missing, its line arrives
};

struct Line {
    Instant at{};
    std::string text;
};

// One run of the program, to its end or to its death.
struct Run {
    Instant begun{};
    Instant ended{};
    std::string action;
    bool second = false;     // by the second of two operators
    bool killed = false;     // as by kill -9
    bool terminated = false; // SIGTERM came
    int exit_code = -1;
    std::vector<Line> said;           // on the terminal, when
    std::string out;                  // the same
    snow_white::promises::RunLog log; // the same as events, by the world's time
    std::vector<std::string> messages;
    // By region; Slack's not, and not the further pages of a listing.
    std::map<std::string, std::vector<Instant>> calls;
    std::size_t further_pages = 0;
    std::vector<Sent> sent;
    std::vector<Instant> troubles;     // calls to AWS that failed, but for refused instance ids
    std::vector<Instant> failed_sends; // of these, SendCommand
    std::set<std::string> ill_formed;  // actions that AWS has refused for the form of the call
    std::vector<Span> pauses;          // the monitor's process was suspended
    std::vector<AtEnd> at_end;         // those of ours that lived then
    bool document_missing = false;     // of some region it could not know the workers
    bool environments_ready = true;    // at the end, those of ours

    std::size_t all_calls() const {
        std::size_t all = further_pages;
        for (const auto& [region, made] : calls)
            all += made.size();
        return all;
    }
};

} // namespace simulation
