// The vocabulary of the state machine: what it wants done, what it is shown, what it remembers.
#pragma once

#include "src/drain/outcome.hpp"
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

struct Invocation {
    InstanceId id;
    Outcome end = Outcome::pending; // done here means: SSM reports success
    std::string detail;             // SSM's own word for the end
    std::string output;
};

// --- what can be wanted; the monitor carries it out and answers with the observation of the same line
struct LookAtFleet {}; // -> fleet::FleetSnapshot
struct FindInFlight {
    std::vector<Order> orders;
}; // -> InFlight
struct Send {
    Order order;
}; // -> Sent
struct AskProgress {
    std::vector<CommandId> commands;
}; // -> Progress
struct FindLeaving {
    std::vector<std::string> environments;
}; // -> Leaving
struct ReadResults {
    std::vector<CommandId> commands;
}; // -> Results
struct Pause {
    Duration duration;
}; // -> Nothing
struct Finish {
    Report report;
}; // the end
using Want =
    std::variant<LookAtFleet, FindInFlight, Send, AskProgress, FindLeaving, ReadResults, Pause, Finish>;

// --- what is seen
struct Nothing {};
struct InFlight {
    std::vector<std::optional<CommandId>> commands;
}; // for each order the one that does it already
struct Sent {
    CommandId id;
};
struct CommandProgress {
    int targeted = 0;
    int completed = 0;
    bool over = false;
};
struct Progress {
    std::vector<CommandProgress> commands;
}; // in the order of the question
struct Leaving {
    std::vector<InstanceId> instances;
};
struct Results {
    std::vector<Invocation> invocations;
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
using Observation =
    std::variant<Nothing, fleet::FleetSnapshot, InFlight, Sent, Progress, Leaving, Results, Failed>;

// --- what is told while it goes on
struct Matched {
    std::vector<fleet::Environment> environments;
    std::optional<std::size_t> instances; // none: unknown
};
struct Started {
    Order order;
    CommandId id;
    bool joined = false; // it was in flight already: nothing was sent
};
struct Advanced {
    Errand errand;
    int completed = 0;
    int targeted = 0;
};
struct Noted {
    std::string what;
};
using Event = std::variant<Matched, Started, Advanced, Noted, Report>;

// --- what is remembered. All of it can be learnt anew from AWS.
struct Plan {
    Action action = Action::quiet;
    Instant started{};
    Instant deadline{};
    bool can_ask = true; // the stack has a status document
};

enum class Phase { looking, joining, sending, waiting, reading };

struct Command {
    CommandId id;
    CommandProgress progress;
};

struct State {
    Plan plan;
    Phase phase = Phase::looking;
    Errand errand = Errand::act;
    int round = 0; // how many times the action has been sent, newcomers' rounds included
    int lost_sends = 0;
    fleet::FleetSnapshot fleet;
    std::vector<Order> orders;     // still to be sent
    std::vector<Command> commands; // in flight, of this errand and round
    Duration pause{};
    Instant sweep_deadline{};
    Instant next_leaving_look{};
    bool looks_for_leaving = true;  // false once EC2 has shown that it will not say
    bool asked_for_leaving = false; // the answer that comes next is about that
    std::set<InstanceId> leaving;   // EC2 stops them or takes them away
    std::set<InstanceId> hopeless;  // no command ends on them: leaving, or their agent is silent
    std::map<InstanceId, InstanceReport> instances;
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
