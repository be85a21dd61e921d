#include "src/aws/result.hpp"

namespace snow_white::aws {

std::string describe(const Error& error) {
    std::string line = error.service.empty() ? "" : error.service + " ";
    line += error.action.empty() ? "" : error.action + ": ";
    line += error.code.empty() ? "" : error.code + ": ";
    line += error.message.empty() ? "no further word" : error.message;
    line += error.request_id.empty() ? "" : " (request " + error.request_id + ")";
    return line;
}

std::string describe_briefly(const Error& error) {
    return error.service + " " + error.action + ": " + (error.code.empty() ? error.message : error.code);
}

bool is_transient(ErrorKind kind) {
    return had_no_effect(kind) || kind == ErrorKind::transport || kind == ErrorKind::server ||
           kind == ErrorKind::malformed;
}

bool had_no_effect(ErrorKind kind) {
    return kind == ErrorKind::throttled || kind == ErrorKind::unreachable;
}

} // namespace snow_white::aws
