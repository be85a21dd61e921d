// CloudWatch Logs. In: a log stream, and the token of the page before. Out: the lines after that
// page.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

struct LogPage {
    std::vector<std::string> lines;
    std::string next_token; // for the next call; at the end of the stream, the token of this call
};

// `token` empty: from the beginning. A stream that does not exist yet is ErrorKind::not_found.
Result<LogPage> get_log_events(Client& client, const std::string& group, const std::string& stream,
                               const std::string& token);

} // namespace snow_white::aws
