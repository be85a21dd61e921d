#include "src/aws/services/logs.hpp"

namespace snow_white::aws {

Result<LogPage> get_log_events(Client& client, const std::string& group, const std::string& stream,
                               const std::string& token) {
    Json parameters{{"logGroupName", group}, {"logStreamName", stream}, {"startFromHead", true}};
    if (!token.empty()) parameters["nextToken"] = token;
    return client.json(
        operations::get_log_events, parameters, [&token](const Json& answer) -> Result<LogPage> {
            LogPage page{.lines = {}, .next_token = answer.value("nextForwardToken", token)};
            for (const auto& event : answer.value("events", Json::array()))
                page.lines.push_back(event.value("message", ""));
            return page;
        });
}

} // namespace snow_white::aws
