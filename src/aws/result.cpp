#include "src/aws/result.hpp"

#include "src/aws/error_codes.hpp"

namespace snow_white::aws {

std::string describe(const Error& error) {
    const std::string words =
        error.message.empty() ? std::string(meaning_of(error.code)) : error.message;
    std::string line = error.service.empty() ? "" : error.service + " ";
    line += error.action.empty() ? "" : error.action + ": ";
    line += error.code;
    line += error.code.empty() || words.empty() ? "" : ": ";
    line += error.code.empty() && words.empty() ? "no word of why" : words;
    line += error.request_id.empty() ? "" : " (request " + error.request_id + ")";
    return line;
}

std::string describe_briefly(const Error& error) {
    return error.service + " " + error.action + ": " +
           (error.code.empty() ? error.message : error.code);
}

Error error_of(const HttpError& error) {
    return {.kind = error.was_sent ? ErrorKind::transport : ErrorKind::unreachable,
            .message = error.message};
}

bool is_transient(ErrorKind kind) {
    return had_no_effect(kind) || kind == ErrorKind::transport || kind == ErrorKind::server ||
           kind == ErrorKind::malformed;
}

bool had_no_effect(ErrorKind kind) {
    return kind == ErrorKind::throttled || kind == ErrorKind::unreachable;
}

} // namespace snow_white::aws
