// What a run of the program has told, as far as the promises speak of it. In: events, one for each
// line of its log. The reader of a log fills it (read_log.hpp), and so does the simulation with
// what it has recorded.
#pragma once

#include "src/base/clock.hpp"
#include "src/drain/model/action.hpp"
#include "src/drain/model/report.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace snow_white::promises {

// Words of a line, without its time: of `noted`, `said`, `error`, and of each line of a log for
// people.
struct Words {
    bool noted = false; // by the drain itself, not about Slack or by the launcher
};

struct Matched {
    bool several = false;       // places: of several regions or profiles
    std::size_t places = 1;     // as far as the line tells
    std::int64_t instances = 0; // 0: none, or not known
};

struct Started {
    std::string action; // "quiet", "wake", "stop", "status"
    bool joined = false;
    std::string place; // empty: there is one
};

struct Counted { // advanced, standing
    std::int64_t completed = 0;
    std::int64_t targeted = 0;
    std::int64_t well = 0; // as asked or gone, of
    std::int64_t instances = 0;
    std::optional<Instant> begun = {}; // standing tells it, and the next
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
    std::string place;
    std::string verdict;
};

// The end of a drain. A log for people has only its headline: all else is empty there.
struct ReportEnd {
    std::optional<drain::Action> action;
    std::string verdict; // the key of --json; of a headline: "done", "timed_out", or empty
    std::optional<bool> headline_is_done =
        {}; // "QUIET: …", not "NOT QUIET: …"; none: it is no such line
    bool verified = false;
    bool gives_reason = false; // why, unverified, on_pods, left: something that is not an instance
    std::optional<std::int64_t> instances = {};
    std::optional<Duration> elapsed = {};
    std::optional<Duration> timeout = {};
    std::vector<RegionEnd> places;
};

struct Ended { // the last line of --json
    std::int64_t code = 0;
    std::string name;
};

struct Finding {}; // of a dry run
struct Launch {};  // launching, submitted, task
struct Other {};   // any other event of ours: the status of an instance, a cancel

using Facts = std::variant<Other, Words, Matched, Started, Counted, InstanceEnd, ReportEnd, Ended,
                           Finding, Launch>;

struct Event {
    Instant at{};
    std::string text; // for people; as it came: not fit for a terminal yet
    Facts facts;
    std::size_t line = 0; // of its file, from 1; 0: none
    bool in_json = false;
    bool silent = false; // `standing`: it is for a picture, and no word to people
};

struct RunLog {
    std::vector<Event> events;
    bool in_json = false;  // its drain is told as events; else as lines for people
    bool launched = false; // lines for people of a launcher came before it

    void add(Event event);

    bool is_dry() const; // --dry-run
    // It sent a command, or looked for whom to send it: such a run ends with a report.
    bool is_drain() const;
    const Event* report() const; // the first; none: null
    const Event* ended() const;
    bool is_launched() const; // a launcher tells it, and may end before the task that it looks at
    bool launcher_stopped_watching()
        const; // by its launcher, before its report: only the task's log has its end
    const Event* begin() const; // the first of the drain: what a launcher says comes before
    std::size_t places() const;
    std::int64_t instances() const; // the most that it has told of
};

template <class Kind> const Kind* as(const Event& event) {
    return std::get_if<Kind>(&event.facts);
}

} // namespace snow_white::promises
