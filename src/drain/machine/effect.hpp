// What the reducer asks the loop to do, and what comes back. Each effect names the type of its
// answer: an executor or a handler that pairs them wrongly does not compile.
#pragma once

#include "src/drain/model/command.hpp"
#include "src/drain/model/event.hpp"
#include "src/sidekiq/model/snapshot.hpp"

#include <tl/expected.hpp>
#include <variant>

namespace snow_white::drain {

// Why a call has no answer.
struct CallFailure {
    enum class Kind {
        absent, // AWS has no such call, or does not know the thing named
        denied,
        refused,        // AWS understood it, and did nothing
        invalid_target, // SSM refused one of the ids: it does not know it, or may not command it
        unknown_expiry, // the deployed document has no parameter ExpiresAt (InvalidParameters)
        unavailable,    // no answer, or a temporary refusal; it had no effect
        lost,           // no answer, and it may have had its effect
    };
    Kind kind = Kind::refused;
    std::string why;
};

// The verdict of a run that ends with this failure.
Verdict verdict_of(CallFailure::Kind kind);

struct DiscoverFleet {
    using Answer = fleet::FleetSnapshot;
    fleet::Previous previous;
};

// The stack's commands that SSM is executing. Where one of them is of this run's action, also the
// stack's commands that were sent after it, in any state.
struct FindInFlightCommands {
    struct Answer {
        std::vector<InFlightCommand> commands;
    };
    // Also the action's commands that were sent since then and have ended: one may be ours.
    std::optional<Instant> sent_since;
};

struct SendCommand {
    using Answer = CommandId;
    CommandSpec spec;
    bool expires = false; // with ExpiresAt: no instance begins it later
};

struct PollProgress {
    using Answer = std::vector<CommandProgress>; // in the order of `commands`
    std::vector<CommandId> commands;
};

struct PollFleetChanges {
    using Answer = fleet::Changes; // each part may be missing: the call as a whole does not fail
    fleet::Previous previous;
    Instant since{}; // wall time
};

struct CollectResults {
    using Answer = std::vector<CommandResults>; // in the order of `commands`
    std::vector<CommandId> commands;
};

struct Sleep {
    struct Answer {};
    Duration duration{};
};

// In a run of several regions: where a region waits for the others.
enum class BarrierPoint {
    ready,    // every command has ended here: the verification may begin
    verified, // the verification is clean, or nothing can improve it: the run could end here
};

struct AwaitBarrier {
    enum class Answer { not_yet, released };
    BarrierPoint point = BarrierPoint::ready;
};

// Reads Sidekiq's Redis. Its failure is never retried: it takes no success away.
struct ReadSidekiq {
    using Answer = sidekiq::Snapshot;
};

// The end: the last event is the report.
struct Finish {};

using Effect =
    std::variant<DiscoverFleet, FindInFlightCommands, SendCommand, PollProgress, PollFleetChanges,
                 CollectResults, Sleep, AwaitBarrier, ReadSidekiq, Finish>;

template <class Asked> struct Answered {
    tl::expected<typename Asked::Answer, CallFailure> answer;
};

using Response =
    std::variant<Answered<DiscoverFleet>, Answered<FindInFlightCommands>, Answered<SendCommand>,
                 Answered<PollProgress>, Answered<PollFleetChanges>, Answered<CollectResults>,
                 Answered<Sleep>, Answered<AwaitBarrier>, Answered<ReadSidekiq>>;

} // namespace snow_white::drain
