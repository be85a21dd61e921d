// Translates AWS's errors, statuses and counts into the drain's types. Pure.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/drain/machine/effect.hpp"

namespace snow_white::drain {

CallFailure::Kind kind_of(const aws::Error& error);

// `can_ask`: there is a status document, so an undelivered command is not sent again unasked.
Outcome end_of(const aws::Invocation& invocation, bool has_status_document);

InFlightCommand::Stage stage_of(aws::CommandStatus status);
CommandProgress progress_in(const aws::CommandSummary& command);

} // namespace snow_white::drain
