// One drain's calls to AWS: carries out what next() wants and gives back what was seen. It decides nothing.
#pragma once

#include "src/aws/client.hpp"
#include "src/drain/assignment.hpp"
#include "src/drain/state.hpp"

namespace snow_white::drain {

class Hands {
public:
    // `client`, `clock` and `assignment` outlive it.
    Hands(aws::Client& client, const Clock& clock, const Assignment& assignment, Foresight foresight)
        : client_(client), clock_(clock), assignment_(assignment), foresight_(std::move(foresight)) {}

    // Pause, Meet and Finish are no calls: Nothing.
    Observation carry_out(const Want& want);

private:
    Observation look(const LookAtFleet& wanted);
    Observation find(const FindInFlight& wanted);
    Observation send(const Send& wanted);
    Observation ask(const AskProgress& wanted);
    Observation find(const FindChanges& wanted);
    Observation read(const ReadResults& wanted);
    aws::Result<CommandProgress> progress_of(const CommandId& id);
    aws::Result<CommandProgress> progress_by_invocations(const CommandId& id);
    void take(InFlight& into, const aws::CommandSummary& command) const;
    std::optional<Action> action_of(const std::string& document) const;

    aws::Client& client_;
    const Clock& clock_;
    const Assignment& assignment_;
    Foresight foresight_;
};

} // namespace snow_white::drain
