// The vocabulary of the state machine: what it wants done, what it is shown, what it remembers.
#pragma once

#include "src/drain/standing.hpp"
#include "src/fleet/snapshot.hpp"

#include <map>
#include <optional>
#include <set>
#include <variant>

namespace snow_white::drain {

using aws::CommandId;
using aws::InstanceId;

// One SSM command to be sent: which document, to whom (one of the two lists is empty).
enum class Errand { act, ask }; // the action's document; the read-only status document
struct Order {
    Errand errand = Errand::act;
    std::vector<std::string> environments;
    std::vector<InstanceId> instances;
};

// A command of the stack's that runs now, whoever sent it.
struct Ongoing {
    CommandId id;
    Action action = Action::quiet;
    std::vector<std::string> environments; // one of the two lists is empty
    std::vector<InstanceId> instances;
};

struct Invocation {
    InstanceId id;
    Outcome end = Outcome::pending;   // done here means: SSM reports success
    std::string detail;               // SSM's own word for the end
    std::optional<InstanceLine> line; // what the instance said of its workers
    std::string words;                // the last words of its output, where there is no line or no success
    std::optional<Instant> requested = {}; // when SSM was given the command; none: not told
};

// --- what can be wanted; the monitor carries it out and answers with the observation of the same line
struct LookAtFleet {
    fleet::Known known;
}; // -> fleet::FleetSnapshot
struct FindInFlight {
    std::optional<Instant> since; // also those sent since then that have ended: one may be ours
};                                // -> InFlight
struct Send {
    Order order;
}; // -> Sent
struct AskProgress {
    std::vector<CommandId> commands;
}; // -> Progress
struct FindChanges {
    fleet::Known known;
    Instant since{};
}; // -> fleet::Changes
struct ReadResults {
    std::vector<CommandId> commands;
}; // -> Results
struct Pause {
    Duration duration;
}; // -> Nothing
// In company: go on when every other drain of the run has come as far, or look meanwhile who is new here.
struct Meet {
    bool clean = false; // the last sweep was: here it could end. Else: all have been told, it could be swept
};                      // -> Met
struct Finish {};       // the end: the last event is the report
using Want =
    std::variant<LookAtFleet, FindInFlight, Send, AskProgress, FindChanges, ReadResults, Pause, Meet, Finish>;

// --- what is seen
struct Nothing {};
struct InFlight {
    std::vector<Ongoing> commands;
};
struct Sent {
    CommandId id;
};
struct CommandProgress {
    int targeted = 0;
    int completed = 0;
    bool over = false;
    bool known = true; // false: SSM has no such command (a new one may take a while to show)
};
struct Progress {
    std::vector<CommandProgress> commands;
}; // in the order of the question
struct Results {
    std::vector<Invocation> invocations; // of the commands that SSM knows
};
struct Met {
    bool all = false; // false: not yet
};
struct Failed {
    enum class Kind {
        absent, // the server has no such call, or the thing named is not there
        denied,
        refused,     // understood, and not done
        unavailable, // no answer, or a temporary refusal; it had no effect
        lost,        // no answer, and it may have had its effect
    };
    Kind kind = Kind::refused;
    std::string why;
};
// How a run ends that ends with it.
Verdict verdict_of(Failed::Kind kind);

using Observation = std::variant<Nothing, fleet::FleetSnapshot, InFlight, Sent, Progress, fleet::Changes,
                                 Results, Met, Failed>;

// --- what is told while it goes on
struct Matched {
    std::vector<fleet::Environment> environments;
    std::optional<std::size_t> instances; // none: unknown
};
struct Started {
    Order order;
    CommandId id;
    bool joined = false;    // it was in flight already: nothing was sent
    std::string place = {}; // of a run in several: where
};
struct Advanced {
    Errand errand;
    int completed = 0;
    int targeted = 0;
};
struct Noted {
    std::string what;
    bool loud = false;    // worth a message to people who are not looking
    bool routine = false; // a sign of life: nothing has happened
};
// Standing: only where somebody looks on.
using Event = std::variant<Matched, Started, Advanced, Noted, Standing, Report>;

// An AWS that does not answer is asked again for that long before anything is sent.
inline constexpr std::chrono::minutes start_patience{1};

// --- what is remembered. All of it can be learnt anew from AWS.
struct Plan {
    Action action = Action::quiet;
    Instant started{};
    Instant deadline{};
    bool can_ask = true;     // the stack has a status document
    bool looked_on = false;  // somebody does while it lasts, and is told Standing
    bool in_company = false; // drains of other places are part of the same run: it meets them
};

enum class Phase { looking, joining, sending, waiting, reading, meeting };

struct Command {
    CommandId id;
    Instant sent{}; // or found
    CommandProgress progress;
};

struct Finding {
    Outcome outcome = Outcome::pending;
    std::string note;
};

// What is known of one instance.
struct Member {
    std::string environment;
    bool present = false; // in the latest look
    fleet::Power power = fleet::Power::unknown;
    fleet::Agent agent = fleet::Agent::unknown;
    Instant young_until{};             // an agent that is not there yet may still come
    std::optional<Instant> lost_since; // its agent was heard, and is not any more
    bool in_command = false;           // a command that acts on it has not ended there
    int tries = 0;                     // commands that acted on it
    bool final = false;                // by its own word: another try would not help
    Finding acted;                     // by the action's command
    std::optional<Finding> checked;    // by the latest sweep, when that contradicts
    bool answered = false;             // it has spoken: its agent and our script work there
    std::vector<Worker> workers;
};

struct Outage {
    Instant since{};
    bool told = false;
    bool told_loudly = false;
};

// A question beside the drain's own, while it waits: what the answer that comes next is to.
enum class Aside { none, changes, standing, asking, jobs };

// What is remembered for whoever looks on, and decides nothing.
struct Onlooking {
    struct Shown {
        Finding finding;
        std::optional<Instant> told;
    };

    std::map<InstanceId, Shown> shown; // by the results that were read for it
    std::map<InstanceId, Heard> heard;
    std::pair<int, int> read_at{-1, -1}; // completed and targeted then
    Instant next_reading{};
    Instant next_asking{};
    std::optional<CommandId> asked; // its answers are awaited
    int readings = 0;               // of these answers
    Instant next_answers{};
    bool reads = true; // false once AWS has shown that it will not
    bool asks = true;
    bool news = false; // not told yet
};

struct State {
    Plan plan;
    Phase phase = Phase::looking;
    Errand errand = Errand::act;
    bool begun = false; // a command of ours is, or may be, on its way
    std::vector<fleet::Environment> environments;
    bool sees_instances = false; // somebody says which there are
    std::map<InstanceId, Member> members;
    std::map<InstanceId, Invocation> strangers; // reached by a tag, and in no look yet
    std::vector<Order> orders;                  // still to be sent
    std::vector<Command> commands;              // of the action; kept while a sweep goes on
    std::vector<Command> sweep;
    int lost_sends = 0;
    std::optional<Instant> lost_send; // a SendCommand was made after that, and its answer was lost
    int vain_sweeps = 0;              // that were not clean, since the action was last sent
    int clean_sweeps = 0;             // in a row
    bool meets_clean = false;         // of the meeting: as Meet has it
    bool may_sweep = false;           // all have met: the sweep comes after the next look
    bool restless = false;            // somebody was launched meanwhile, or was not as asked any more
    Duration pause{};                 // before AWS is asked again in an outage
    Instant sweep_begun{};
    Instant next_changes_look{};
    bool looks_for_changes = true; // false once AWS has shown that it will not say
    Aside aside = Aside::none;
    Onlooking onlooking;
    int asked = 0;                       // calls made while waiting for the action's commands
    std::pair<int, int> read_at{-1, -1}; // completed and hopeless when the results were last read early
    bool must_read = false; // a command of somebody else's is followed: whom it reached is not known yet
    Instant next_heartbeat{};
    bool told_of_stragglers = false; // who keeps it waiting
    bool told_of_deadline = false;   // that it comes near
    bool names_stragglers = false;   // the results that are read next are for one of these
    std::set<Phase> answered;        // AWS has answered what these want
    std::optional<Outage> outage;
    std::vector<std::string> unverified; // what this AWS cannot show: told, and no failure
    std::vector<std::string> doubts; // what should have been seen and was not: no success with one of these
    std::vector<std::string> warnings;
};

struct Step {
    State state;
    Want want;
    std::vector<Event> events;
};

} // namespace snow_white::drain
