// What AWS's words mean to the drain.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/drain/machine/effect.hpp"

namespace snow_white::drain {

CallFailure::Kind kind_of(const aws::Error& error);

// `can_ask`: the instance's workers can be asked before it is sent to again.
Outcome end_of(const aws::Invocation& invocation, bool can_ask);

InFlightCommand::Stage stage_of(aws::CommandStatus status);
CommandProgress progress_in(const aws::CommandSummary& command);

} // namespace snow_white::drain
