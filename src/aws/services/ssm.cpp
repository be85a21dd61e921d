#include "src/aws/services/ssm.hpp"

#include "src/aws/pagination.hpp"
#include "src/aws/services/step_output.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t comment_limit = 100;

CommandStatus status_of(const std::string& word) {
    if (word == "Success") return CommandStatus::success;
    if (word == "Failed") return CommandStatus::failed;
    if (word == "TimedOut") return CommandStatus::timed_out;
    if (word == "Cancelled") return CommandStatus::cancelled;
    if (word == "Cancelling") return CommandStatus::cancelling;
    if (word == "InProgress") return CommandStatus::in_progress;
    return CommandStatus::pending; // Pending, Delayed, and words to come: not over
}

Json to_json(const Targets& targets) {
    return Json::array({{{"Key", "tag:" + targets.tag}, {"Values", targets.values}}});
}

std::vector<std::string> texts(const std::vector<InstanceId>& ids) {
    std::vector<std::string> all;
    for (const auto& id : ids)
        all.push_back(id.text);
    return all;
}

Targets targets_of(const Json& command) {
    Targets targets;
    for (const auto& target : list_in(command, "Targets")) {
        const std::string key = target.value("Key", "");
        if (!key.starts_with("tag:")) continue;
        targets.tag = key.substr(4);
        targets.values = target.value("Values", std::vector<std::string>{});
    }
    for (const auto& id : list_in(command, "InstanceIds"))
        targets.ids.push_back({id.get<std::string>()});
    return targets;
}

// `take` gets each page.
template <class Take>
Result<void> every_page(Client& client, const Operation& operation, Json parameters, Take take) {
    return every_page(operation, [&](const std::string& token) {
        if (!token.empty()) parameters["NextToken"] = token;
        return client.json(operation, parameters, [&take](const Json& page) -> Result<std::string> {
            take(page);
            return page.value("NextToken", "");
        });
    });
}

std::string without_spaces(std::string text) {
    std::erase(text, ' ');
    return text;
}

CommandSummary summary_of(const Json& command) {
    return {.id = {command.value("CommandId", "")},
            .status = status_of(command.value("Status", "")),
            .document = command.value("DocumentName", ""),
            .targets = targets_of(command),
            .targeted = whole_number(command, "TargetCount"),
            .completed = whole_number(command, "CompletedCount"),
            .requested = moment(command, "RequestedDateTime")};
}

Invocation invocation_of(const Json& item) {
    const Json& steps = list_in(item, "CommandPlugins");
    return {.id = {item.value("InstanceId", "")},
            .status = status_of(item.value("Status", "")),
            .detail = without_spaces(item.value("StatusDetails", "")),
            .output = output_that_counts(steps),
            .requested = moment(item, "RequestedDateTime"),
            .steps = steps.size()};
}

Json executing() {
    return {{"key", "ExecutionStage"}, {"value", "Executing"}};
}

Json invoked_after(Instant since) {
    return {{"key", "InvokedAfter"},
            {"value", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                  fmt::gmtime(std::chrono::system_clock::to_time_t(since)))}};
}

Result<std::vector<CommandSummary>> list_commands(Client& client, const Json& asked) {
    std::vector<CommandSummary> commands;
    const auto read = every_page(client, operations::list_commands, asked, [&](const Json& page) {
        for (const auto& command : list_in(page, "Commands"))
            commands.push_back(summary_of(command));
    });
    if (!read) return tl::unexpected(read.error());
    return commands;
}

Result<void> read_managed(Client& client, const Json& filters, std::vector<ManagedInstance>& into) {
    return every_page(client, operations::describe_instance_information,
                      {{"Filters", filters}, {"MaxResults", managed_a_page}},
                      [&](const Json& page) {
                          for (const auto& item : list_in(page, "InstanceInformationList"))
                              into.push_back({.id = {item.value("InstanceId", "")},
                                              .online = item.value("PingStatus", "") == "Online",
                                              .agent_version = item.value("AgentVersion", "")});
                      });
}

} // namespace

bool is_over(CommandStatus status) {
    return status == CommandStatus::success || status == CommandStatus::failed ||
           status == CommandStatus::timed_out || status == CommandStatus::cancelled;
}

Result<CommandId> send_command(Client& client, const CommandRequest& request) {
    Json parameters{{"DocumentName", request.document},
                    {"DocumentVersion", latest_version},
                    {"Comment", request.comment.substr(0, comment_limit)},
                    {"TimeoutSeconds", request.delivery.count()},
                    // SSM's own defaults (50 at once, stop at the first error) let one failure hold
                    // the others back.
                    {"MaxConcurrency", request.batch.empty() ? "100%" : request.batch},
                    {"MaxErrors", request.batch.empty() ? "100%" : "0"}};
    for (const auto& [name, value] : request.parameters)
        parameters["Parameters"][name] = Json::array({value});
    if (request.targets.ids.empty())
        parameters["Targets"] = to_json(request.targets);
    else
        parameters["InstanceIds"] = texts(request.targets.ids);
    return client.json(
        operations::send_command, parameters, [](const Json& answer) -> Result<CommandId> {
            return CommandId{answer.at("Command").at("CommandId").get<std::string>()};
        });
}

Result<CommandSummary> get_command(Client& client, const CommandId& id) {
    auto found = list_commands(client, {{"CommandId", id.text}});
    if (!found) return tl::unexpected(found.error());
    if (!found->empty()) return std::move(found->front());
    return tl::unexpected(Error{.kind = ErrorKind::not_found,
                                .service = "ssm",
                                .action = "ListCommands",
                                .message = "SSM does not know command " + id.text});
}

Result<std::vector<CommandSummary>> list_executing_commands(Client& client,
                                                            const std::string& document) {
    return list_commands(
        client, {{"Filters", {{{"key", "DocumentName"}, {"value", document}}, executing()}}});
}

Result<std::vector<CommandSummary>> list_executing_commands(Client& client) {
    return list_commands(client, {{"Filters", Json::array({executing()})}});
}

Result<void> cancel_command(Client& client, const CommandId& id) {
    return client.json(operations::cancel_command, {{"CommandId", id.text}},
                       [](const Json&) -> Result<void> { return {}; });
}

Result<std::vector<CommandSummary>> list_commands_since(Client& client, const std::string& document,
                                                        Instant since) {
    return list_commands(
        client,
        {{"Filters", {{{"key", "DocumentName"}, {"value", document}}, invoked_after(since)}}});
}

Result<std::vector<CommandSummary>> list_commands_since(Client& client, Instant since) {
    return list_commands(client, {{"Filters", Json::array({invoked_after(since)})}});
}

Result<void> list_invocations(Client& client, const CommandId& id,
                              const std::function<void(Invocation)>& take) {
    const Json parameters{
        {"CommandId", id.text}, {"Details", true}, {"MaxResults", invocations_a_page}};
    return every_page(client, operations::list_command_invocations, parameters,
                      [&take](const Json& page) {
                          for (const auto& item : list_in(page, "CommandInvocations"))
                              take(invocation_of(item));
                      });
}

Result<DocumentText> get_document(Client& client, const std::string& document,
                                  const char* version) {
    return client.json(operations::get_document, {{"Name", document}, {"DocumentVersion", version}},
                       [](const Json& answer) -> Result<DocumentText> {
                           return DocumentText{answer.at("Content").get<std::string>(),
                                               answer.value("DocumentVersion", "")};
                       });
}

Result<std::vector<ManagedInstance>>
describe_managed_instances(Client& client, const std::string& tag,
                           const std::vector<std::string>& values) {
    std::vector<ManagedInstance> instances;
    for (std::size_t begin = 0; begin < values.size(); begin += values_a_target) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto count =
            static_cast<std::ptrdiff_t>(std::min(values_a_target, values.size() - begin));
        const Json filter{{"Key", "tag:" + tag},
                          {"Values", std::vector<std::string>(first, first + count)}};
        if (const auto read = read_managed(client, Json::array({filter}), instances); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

Result<std::vector<ManagedInstance>>
describe_managed_instances(Client& client, const std::vector<InstanceId>& ids) {
    const std::vector<std::string> all = texts(ids);
    std::vector<Result<std::vector<ManagedInstance>>> answers((all.size() + managed_a_page - 1) /
                                                              managed_a_page);
    std::vector<std::function<void()>> questions;
    for (std::size_t i = 0; i < answers.size(); ++i)
        questions.emplace_back([&client, &all, &answer = answers[i], i] {
            const std::size_t begin = i * managed_a_page;
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto count =
                static_cast<std::ptrdiff_t>(std::min(managed_a_page, all.size() - begin));
            const Json filter{{"Key", "InstanceIds"},
                              {"Values", std::vector<std::string>(first, first + count)}};
            if (const auto read = read_managed(client, Json::array({filter}), *answer); !read)
                answer = tl::unexpected(read.error());
        });
    client.run_concurrently(questions);
    std::vector<ManagedInstance> instances;
    for (auto& answer : answers) {
        if (!answer) return tl::unexpected(answer.error());
        instances.insert(instances.end(), answer->begin(), answer->end());
    }
    return instances;
}

Result<std::vector<InstanceId>> find_silent_agents(Client& client) {
    const Json silent{{"Key", "PingStatus"}, {"Values", {"ConnectionLost", "Inactive"}}};
    std::vector<ManagedInstance> found;
    if (const auto read = read_managed(client, Json::array({silent}), found); !read)
        return tl::unexpected(read.error());
    std::vector<InstanceId> ids;
    for (const auto& instance : found)
        if (!instance.online) ids.push_back(instance.id);
    return ids;
}

} // namespace snow_white::aws
