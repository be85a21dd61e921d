// CloudWatch Logs: a task's lines, from where the last look ended.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

struct LogPage {
    std::vector<std::string> lines;
    std::string next_token; // give it back for what comes after; at the end, the one that was given
};

// `token` empty: from the beginning. A stream that does not exist yet is an Error of kind
// ErrorKind::not_found.
Result<LogPage> get_log_events(Client& client, const std::string& group, const std::string& stream,
                               const std::string& token);

} // namespace snow_white::aws
