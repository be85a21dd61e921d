#include "src/drain/run/answers_of_aws.hpp"

namespace snow_white::drain {

namespace {

// SSM's code for an id that it does not know, or whose agent has never registered (SendCommand's
// errors in the API reference).
constexpr const char* invalid_target = "InvalidInstanceId";

// Whom a call names by id and its sender may not command: IAM's words name that resource. It costs
// only itself, as an id that SSM does not know. (The form of the words: recorded denials of
// SendCommand.)
bool denies_one_instance(const aws::Error& error) {
    return error.kind == aws::ErrorKind::denied && error.action == "SendCommand" &&
           (error.message.find(":instance/i-") != std::string::npos ||
            error.message.find(":managed-instance/mi-") != std::string::npos);
}

// … for a parameter that the document does not define. ExpiresAt is the only one that is sent.
constexpr const char* invalid_parameters = "InvalidParameters";

// The agent has not told of the command; it may have run all the same, or run still (an agent that
// was updated or restarted meanwhile). Source: the API reference's page on command statuses.
bool is_undelivered(const aws::Invocation& invocation) {
    return invocation.detail == "DeliveryTimedOut" || invocation.detail == "Undeliverable";
}

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
    case aws::ErrorKind::throttled:
    case aws::ErrorKind::unreachable:
    case aws::ErrorKind::transport:
    case aws::ErrorKind::server:
    case aws::ErrorKind::malformed:
        break;
    }
    return CallFailure::Kind::unavailable;
}

Outcome end_of(const aws::Invocation& invocation, bool can_ask) {
    if (can_ask && is_undelivered(invocation)) return Outcome::unknown;
    if (invocation.detail == "Undeliverable") return Outcome::unreachable;
    if (invocation.detail == "AccessDenied" || invocation.detail == "InvalidPlatform")
        return Outcome::refused;
    switch (invocation.status) {
    case aws::CommandStatus::success:
        return Outcome::done;
    case aws::CommandStatus::failed:
        return Outcome::failed;
    case aws::CommandStatus::timed_out:
        return Outcome::timed_out;
    case aws::CommandStatus::cancelled:
        return Outcome::cancelled;
    case aws::CommandStatus::pending:
    case aws::CommandStatus::in_progress:
    case aws::CommandStatus::cancelling:
        break;
    }
    return Outcome::pending;
}

InFlightCommand::Stage stage_of(aws::CommandStatus status) {
    if (status == aws::CommandStatus::cancelling) return InFlightCommand::Stage::cancelling;
    return aws::is_over(status) ? InFlightCommand::Stage::over : InFlightCommand::Stage::running;
}

CommandProgress progress_in(const aws::CommandSummary& command) {
    return {command.targeted, command.completed, aws::is_over(command.status), true};
}

} // namespace snow_white::drain
