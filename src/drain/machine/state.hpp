// The state of one region's drain, a phase and what outlives the phases. All of it can be learnt
// anew from AWS. Every time here is elapsed time since the run began, but where it is called wall
// time or a stamp.
#pragma once

#include "src/drain/machine/effect.hpp"
#include "src/drain/machine/verification.hpp"

namespace snow_white::drain {

struct Config {
    Action action = Action::quiet;
    Instant started{};  // wall time, for AWS's stamps and for people
    Duration timeout{}; // the deadline
    bool has_status_document = true;
    bool live_progress = false; // somebody looks at the progress (drain/progress)
    bool multi_region =
        false; // other regions are part of the run: this one awaits them at the barrier
};

// --- the phases, each with what only it needs

struct Wait {
    Purpose purpose = Purpose::act;
    std::pair<int, int> collected_at{-1,
                                     -1}; // completed and unreachable when results were read early
    Duration last_collected{};            // … and when that was
    Duration changed_at{};                // the counts, last
    bool has_read = false;                // results, since the counts were asked for last
};

// Who is there; then what is to be done next is decided.
struct Discover {
    bool peers_ready = false;      // the other regions are ready too: the verification may begin
    std::optional<Wait> back = {}; // it was due while commands are awaited
    Duration begun = {};           // the reducer sets it
    bool again = false; // the one before took so long that what it saw first may be so no more
};

// Looks for commands that do already what is to be sent, reads what they did, and leaves those
// instances out.
struct Adopt {
    std::vector<CommandSpec>
        pending; // still to be sent; empty: looks whether somebody else has sent, too
    std::vector<CommandId> unread = {}; // found, and not read yet: whom they reached is not known
    std::vector<InFlightCommand> later = {}; // of other actions
    Duration found_at{};
    Duration begun = {}; // the look for commands: the reducer sets it
    bool again = false;  // the one before took so long that somebody may have sent since
};

struct Send {
    Purpose purpose = Purpose::act;
    std::vector<CommandSpec> pending;
    Instant asked = {}; // wall time of the latest SendCommand: the reducer sets it
};

struct Collect {
    enum class Reminder {
        none,
        stragglers,
        deadline
    }; // the results are read to name who has not finished
    Purpose purpose = Purpose::act;
    Reminder reminder = Reminder::none;
    bool rechecks = false; // then those that have finished are asked what they do now
    std::optional<Duration> incomplete_since = {}; // a list has lagged behind its count since
    Wait back = {};                                // how it goes on when somebody is still awaited
};

struct AwaitPeers {
    BarrierPoint point = BarrierPoint::ready;
};

using Phase = std::variant<Discover, Adopt, Send, Wait, Collect, AwaitPeers>;

// --- what outlives the phases

struct Outage {
    std::size_t effect = 0; // the call that failed first, and ends it: its place in Effect
    Duration last_failure{};
    Duration since{};
    std::string why = {};                      // of the last failure
    std::optional<Duration> denied_since = {}; // it refuses; none: it does not answer
    Duration pause{};                          // before AWS is asked again
    bool told = false;
    bool told_as_important = false;
};

// The answer to a SendCommand was lost: it may be on its way.
struct LostSend {
    Now at;
    Instant asked{}; // wall time: SSM may have been given it since
};

// SendCommand does not get through, or its answers are lost.
struct SendTrouble {
    Duration since{};
    Duration pause{};
    Duration not_before{};             // nothing is sent until then
    std::optional<LostSend> lost = {}; // the latest, until a list has told what became of it
};

// The verifications so far.
struct VerifyHistory {
    int clean_streak = 0;
    bool fleet_changed = false; // since the first command: then it takes two clean ones in a row
    Duration pause{};           // before the next one
    std::optional<Duration> expired_since = {}; // AWS has answered too late, or not whole, since
    std::optional<Duration> document_absent_since =
        {}; // SSM has not known the status document since
};

struct Notices {
    std::vector<std::string> unverified; // what this AWS cannot show: told, and no failure
    std::vector<std::string> warnings;
    Duration next_heartbeat{};
    bool named_stragglers = false;
    bool told_unasked = false; // that workers could not be asked; until they could
    bool named_at_deadline = false;
};

// The watch for changes of the fleet while commands are awaited.
struct FleetWatch {
    Duration next_poll{};
    Duration next_look{};       // at the whole fleet: a list may have lacked somebody
    Duration next_doubt{};      // who said that a script runs there, or nothing, is asked once more
    bool asks_versions = false; // the look asks for the agents of those that are waited for
    Duration next_recheck{recheck_interval}; // of those that have finished
    Duration next_question{};                // to those in question: later, where one has failed
    std::optional<Duration> environments_seen = {}; // when their states were, last
    std::optional<Duration> seen_empty_since = {};  // no instance, where no command has been sent
    std::optional<Duration> unmatched_since = {};   // no environment
    std::set<std::string>
        unavailable;              // parts that AWS did not answer the last time: told once each
    std::set<std::string> unseen; // the same of the latest look
};

struct State {
    Config config;
    Phase phase;
    Targets targets;
    std::vector<OpenCommand> commands; // the action's
    std::set<CommandId> followed;      // all that have ever been among them
    // A command has ended there, found, before a deploy or long ago: what they do now is asked
    // while others go on.
    std::set<InstanceId> found_finished;
    std::optional<Verification> verification; // the latest, or the one that goes on
    VerifyHistory verify_history;
    std::optional<Outage> outage;
    std::optional<SendTrouble> send_trouble;
    Notices notices;
    FleetWatch watch;
    int calls_while_waiting = 0;
    bool commands_expire =
        true; // as long as the deployed document is not known to lack the parameter
    bool has_commanded = false;     // a command of the action was sent or found
    bool may_have_sent = false;     // a command of ours is, or may be, on its way
    bool reached_barrier = false;   // it has waited for the other regions
    std::set<std::size_t> answered; // effects (their place in Effect) that AWS has answered
};

struct Step {
    State state;
    Effect effect;
    std::vector<Event> events;
};

} // namespace snow_white::drain
