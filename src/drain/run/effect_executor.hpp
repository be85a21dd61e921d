// Executes one region's effects. In: an effect. Out: the answer of its calls to AWS, or why there
// is none. It decides nothing.
#pragma once

#include "src/aws/client.hpp"
#include "src/drain/machine/effect.hpp"
#include "src/drain/run/region_job.hpp"

namespace snow_white::drain {

template <class Asked> using AnswerTo = tl::expected<typename Asked::Answer, CallFailure>;

class EffectExecutor {
public:
    // `client`, `clock` and `job` outlive it.
    EffectExecutor(aws::Client& client, const Clock& clock, const RegionJob& job,
                   PrefetchedAnswers prefetched)
        : client_(client), clock_(clock), job_(job), prefetched_(std::move(prefetched)) {}

    // Sleep and AwaitBarrier make no call and are answered at once: the loop does the waiting.
    Response execute(const Effect& effect);

    AnswerTo<DiscoverFleet> call(const DiscoverFleet& effect);
    AnswerTo<FindInFlightCommands> call(const FindInFlightCommands& effect);
    AnswerTo<SendCommand> call(const SendCommand& effect);
    AnswerTo<PollProgress> call(const PollProgress& effect);
    AnswerTo<PollFleetChanges> call(const PollFleetChanges& effect);
    AnswerTo<CollectResults> call(const CollectResults& effect);
    AnswerTo<ReadSidekiq> call(const ReadSidekiq& effect);

private:
    aws::Result<CommandProgress> progress_of(const CommandId& id);
    aws::Result<CommandProgress> progress_by_invocations(const CommandId& id);
    void add(FindInFlightCommands::Answer& into, const aws::CommandSummary& command) const;
    std::optional<Instant> oldest_of_ours(const FindInFlightCommands::Answer& found) const;
    std::optional<Action> action_of(const std::string& document) const;

    aws::Client& client_;
    const Clock& clock_;
    const RegionJob& job_;
    PrefetchedAnswers prefetched_;
};

} // namespace snow_white::drain
