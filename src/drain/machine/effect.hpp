// What the reducer asks the loop to do, and what comes back. Each effect names the type of its
// answer: an executor or a handler that pairs them wrongly does not compile.
#pragma once

#include "src/drain/model/command.hpp"
#include "src/drain/model/event.hpp"

#include <tl/expected.hpp>
#include <variant>

namespace snow_white::drain {

// Why a call has no answer.
struct CallFailure {
    enum class Kind {
        absent, // the server has no such call, or the thing named is not there
        denied,
        refused,        // understood, and not done
        invalid_target, // refused for one of the instances named: unknown to SSM, or not to be
                        // commanded
        unknown_expiry, // refused: the deployed document has no parameter ExpiresAt
                        // (InvalidParameters)
        unavailable,    // no answer, or a temporary refusal; it had no effect
        lost,           // no answer, and it may have had its effect
    };
    Kind kind = Kind::refused;
    std::string why;
};

// How a run ends that ends with it.
Verdict verdict_of(CallFailure::Kind kind);

struct DiscoverFleet {
    using Answer = fleet::FleetSnapshot;
    fleet::Previous previous;
};

// The stack's commands that SSM is executing; where one of them is of our action, the stack's
// commands sent after it as well, whatever became of them.
struct FindInFlightCommands {
    struct Answer {
        std::vector<InFlightCommand> commands;
    };
    std::optional<Instant>
        sent_since; // also ours that were sent since then and have ended: one may be ours
};

struct SendCommand {
    using Answer = CommandId;
    CommandSpec spec;
    bool expires = false; // with the moment from which on no instance may begin it
};

struct PollProgress {
    using Answer = std::vector<CommandProgress>; // in the order of the question
    std::vector<CommandId> commands;
};

struct PollFleetChanges {
    using Answer = fleet::Changes; // each part may be missing: the call as a whole does not fail
    fleet::Previous previous;
    Instant since{}; // wall time
};

struct CollectResults {
    using Answer = std::vector<CommandResults>; // in the order of the question
    std::vector<CommandId> commands;
};

struct Sleep {
    struct Answer {};
    Duration duration{};
};

// Of a run in several regions: where a region waits for the others.
enum class BarrierPoint {
    ready,    // all that was asked for has ended here: the verification may begin
    verified, // the verification is clean, or what is not is final: here the run could end
};

struct AwaitBarrier {
    enum class Answer { not_yet, released };
    BarrierPoint point = BarrierPoint::ready;
};

// The end: the last event is the report.
struct Finish {};

using Effect = std::variant<DiscoverFleet, FindInFlightCommands, SendCommand, PollProgress,
                            PollFleetChanges, CollectResults, Sleep, AwaitBarrier, Finish>;

template <class Asked> struct Answered {
    tl::expected<typename Asked::Answer, CallFailure> answer;
};

using Response =
    std::variant<Answered<DiscoverFleet>, Answered<FindInFlightCommands>, Answered<SendCommand>,
                 Answered<PollProgress>, Answered<PollFleetChanges>, Answered<CollectResults>,
                 Answered<Sleep>, Answered<AwaitBarrier>>;

} // namespace snow_white::drain
