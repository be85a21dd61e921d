#include "src/drain/run/answers_of_aws.hpp"

namespace snow_white::drain {

namespace {

// SSM's error code for an id that it does not know, or whose agent has never registered (the API
// reference, SendCommand's errors).
constexpr const char* invalid_target = "InvalidInstanceId";

// IAM denies SendCommand for one of the ids, and its message names that resource: treated as an id
// that SSM does not know, so that the other ids get the command. Source of the message's form:
// recorded denials of SendCommand.
bool denies_one_instance(const aws::Error& error) {
    return error.kind == aws::ErrorKind::denied && error.action == "SendCommand" &&
           (error.message.find(":instance/i-") != std::string::npos ||
            error.message.find(":managed-instance/mi-") != std::string::npos);
}

// SSM's error code for a parameter that the document does not define. Only ExpiresAt is ever sent.
constexpr const char* invalid_parameters = "InvalidParameters";

// The agent has not acknowledged the command. It may have run or still run, if the agent was
// updated or restarted meanwhile. Source: the API reference's page on command statuses.
bool is_undelivered(const aws::Invocation& invocation) {
    return invocation.detail == "DeliveryTimedOut" || invocation.detail == "Undeliverable";
}

constexpr std::size_t longest_quote = 200; // of an instance's output, in bytes

} // namespace

CallFailure::Kind kind_of(const aws::Error& error) {
    if (denies_one_instance(error)) return CallFailure::Kind::invalid_target;
    switch (error.kind) {
    case aws::ErrorKind::unknown_action:
    case aws::ErrorKind::not_found:
        return CallFailure::Kind::absent;
    case aws::ErrorKind::denied:
    case aws::ErrorKind::credentials:
        return CallFailure::Kind::denied;
    case aws::ErrorKind::invalid:
        if (error.code == invalid_parameters) return CallFailure::Kind::unknown_expiry;
        return error.code == invalid_target ? CallFailure::Kind::invalid_target
                                            : CallFailure::Kind::refused;
    default:
        return CallFailure::Kind::unavailable;
    }
}

InvocationEnd end_of(const aws::Invocation& invocation, bool has_status_document) {
    if (has_status_document && is_undelivered(invocation)) return InvocationEnd::undelivered;
    if (invocation.detail == "Undeliverable") return InvocationEnd::unreachable;
    if (invocation.detail == "Terminated") return InvocationEnd::not_begun; // and "Cancelled"
    if (invocation.detail == "AccessDenied" || invocation.detail == "InvalidPlatform")
        return InvocationEnd::refused;
    switch (invocation.status) {
    case aws::CommandStatus::success:
        return InvocationEnd::succeeded;
    case aws::CommandStatus::failed:
        return InvocationEnd::failed;
    case aws::CommandStatus::timed_out:
        return InvocationEnd::timed_out;
    case aws::CommandStatus::cancelled:
        return InvocationEnd::cancelled;
    default:
        return InvocationEnd::pending;
    }
}

InvocationResult make_invocation_result(InstanceId id, InvocationEnd end, std::string detail,
                                        const std::string& output,
                                        std::optional<Instant> requested) {
    InvocationResult invocation{
        std::move(id), end, std::move(detail), parse_instance_line(output), {}, requested};
    if (!invocation.line || end != InvocationEnd::succeeded)
        invocation.last_output = last_output_line(output).substr(0, longest_quote);
    return invocation;
}

InFlightCommand::Stage stage_of(aws::CommandStatus status) {
    if (status == aws::CommandStatus::cancelling) return InFlightCommand::Stage::cancelling;
    return aws::is_over(status) ? InFlightCommand::Stage::over : InFlightCommand::Stage::running;
}

CommandProgress progress_in(const aws::CommandSummary& command) {
    return {.targeted = command.targeted,
            .completed = command.completed,
            .over = aws::is_over(command.status),
            .cancelling = command.status == aws::CommandStatus::cancelling};
}

} // namespace snow_white::drain
