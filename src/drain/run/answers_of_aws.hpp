// Translates AWS's errors, statuses and counts into the drain's types. Pure.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/drain/machine/effect.hpp"

namespace snow_white::drain {

CallFailure::Kind kind_of(const aws::Error& error);

// With a status document, an undelivered command is not sent again before the instance is asked.
InvocationEnd end_of(const aws::Invocation& invocation, bool has_status_document);

// In: an invocation as SSM lists it, with the step's whole output as SSM joins it. Out: what of it
// the drain keeps.
InvocationResult make_invocation_result(InstanceId id, InvocationEnd end, std::string detail,
                                        const std::string& output,
                                        std::optional<Instant> requested = {});

InFlightCommand::Stage stage_of(aws::CommandStatus status);
CommandProgress progress_in(const aws::CommandSummary& command);

} // namespace snow_white::drain
