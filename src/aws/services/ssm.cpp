#include "src/aws/services/ssm.hpp"

#include "src/aws/pagination.hpp"
#include "src/base/chunk.hpp"
#include "src/base/time_format.hpp"

#include <algorithm>

namespace snow_white::aws {

namespace {

constexpr std::size_t max_comment = 100;                      // characters
constexpr const char* script_step = "workers";                // cfn/snow-white-cfn.yml
constexpr std::string_view line_begins = R"({"snow_white":)"; // docs/instance-line.md

CommandStatus status_of(const std::string& name) {
    if (name == "Success") return CommandStatus::success;
    if (name == "Failed") return CommandStatus::failed;
    if (name == "TimedOut") return CommandStatus::timed_out;
    if (name == "Cancelled") return CommandStatus::cancelled;
    if (name == "Cancelling") return CommandStatus::cancelling;
    if (name == "InProgress") return CommandStatus::in_progress;
    return CommandStatus::pending; // Pending, Delayed, and names that are not known yet: not over
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

// Another type throws Json::type_error.
const std::string& text_in(const Json& step, const char* name) {
    static const std::string none;
    const auto found = step.find(name);
    return found == step.end() ? none : found->get_ref<const std::string&>();
}

const std::string& output_of(const Json& step) {
    return text_in(step, "Output");
}

bool holds_line(const Json& step) {
    return output_of(step).find(line_begins) != std::string::npos;
}

bool has_failed(const Json& step) {
    const std::string& status = text_in(step, "Status");
    return status == "Failed" || status == "TimedOut";
}

// The step called `script_step`; else the one with an instance line; else the last.
const Json& step_of_script(const Json& steps) {
    const auto named = std::ranges::find_if(
        steps, [](const Json& step) { return text_in(step, "Name") == script_step; });
    if (named != steps.end()) return *named;
    const auto with_line = std::ranges::find_if(steps, holds_line);
    return with_line != steps.end() ? *with_line : steps.back();
}

// In: CommandPlugins, in any order: the agent keeps a document's steps in a map (amazon-ssm-agent,
// agent/contracts), and SSM promises no order. Out: the script's output. If that has no instance
// line and another step failed, that step's output: the agent runs the script's step even after
// the download failed.
std::string output_that_counts(const Json& steps) {
    if (steps.empty()) return "";
    const Json& script = step_of_script(steps);
    if (holds_line(script)) return output_of(script);
    for (const Json& step : steps)
        if (&step != &script && has_failed(step) && !output_of(step).empty())
            return output_of(step);
    return output_of(script);
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

Result<std::vector<CommandSummary>> list_commands(Client& client, const Json& parameters) {
    std::vector<CommandSummary> commands;
    const auto read = every_page(client, operations::list_commands, parameters, "NextToken",
                                 [&commands](const Json& page) {
                                     for (const auto& command : list_in(page, "Commands"))
                                         commands.push_back(summary_of(command));
                                 });
    return read.map([&commands] { return std::move(commands); });
}

// `document` empty: of every document.
Result<std::vector<CommandSummary>> list_commands(Client& client, const std::string& document,
                                                  const char* key, const std::string& value) {
    Json filters = Json::array();
    if (!document.empty()) filters.push_back({{"key", "DocumentName"}, {"value", document}});
    filters.push_back({{"key", key}, {"value", value}});
    return list_commands(client, {{"Filters", filters}});
}

Result<void> read_managed(Client& client, const Json& filters, std::vector<ManagedInstance>& into) {
    return every_page(client, operations::describe_instance_information,
                      {{"Filters", filters}, {"MaxResults", managed_per_page}}, "NextToken",
                      [&into](const Json& page) {
                          for (const auto& item : list_in(page, "InstanceInformationList"))
                              into.push_back({.id = {item.value("InstanceId", "")},
                                              .online = item.value("PingStatus", "") == "Online",
                                              .agent_version = item.value("AgentVersion", ""),
                                              .host = item.value("ComputerName", "")});
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
                    {"Comment", request.comment.substr(0, max_comment)},
                    {"TimeoutSeconds", request.delivery.count()},
                    // With SSM's defaults (50 at once, stop at the first error) one failure would
                    // delay the others.
                    {"MaxConcurrency", request.batch.empty() ? "100%" : request.batch},
                    {"MaxErrors", request.batch.empty() ? "100%" : "0"}};
    for (const auto& [name, value] : request.parameters)
        parameters["Parameters"][name] = Json::array({value});
    const Targets& targets = request.targets;
    if (targets.ids.empty())
        parameters["Targets"] =
            Json::array({{{"Key", "tag:" + targets.tag}, {"Values", targets.values}}});
    else
        parameters["InstanceIds"] = texts(targets.ids);
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
    return list_commands(client, document, "ExecutionStage", "Executing");
}

Result<std::vector<CommandSummary>> list_commands_since(Client& client, const std::string& document,
                                                        Instant since) {
    return list_commands(client, document, "InvokedAfter", iso_time(since));
}

Result<std::vector<CommandSummary>> list_commands_since(Client& client, Instant since) {
    return list_commands_since(client, "", since);
}

Result<void> cancel_command(Client& client, const CommandId& id) {
    return client.json(operations::cancel_command, {{"CommandId", id.text}},
                       [](const Json&) -> Result<void> { return {}; });
}

Result<void> list_invocations(Client& client, const CommandId& id,
                              const std::function<void(Invocation)>& take) {
    const Json parameters{
        {"CommandId", id.text}, {"Details", true}, {"MaxResults", invocations_per_page}};
    return every_page(client, operations::list_command_invocations, parameters, "NextToken",
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
    for (const auto& some : chunk(values, max_values_per_target)) {
        const Json filter{{"Key", "tag:" + tag}, {"Values", some}};
        if (const auto read = read_managed(client, Json::array({filter}), instances); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

Result<std::vector<ManagedInstance>>
describe_managed_instances(Client& client, const std::vector<InstanceId>& ids) {
    const auto chunks = chunk(texts(ids), managed_per_page);
    std::vector<Result<std::vector<ManagedInstance>>> answers(chunks.size());
    std::vector<std::function<void()>> calls;
    for (std::size_t i = 0; i < chunks.size(); ++i)
        calls.emplace_back([&client, &some = chunks[i], &answer = answers[i]] {
            const Json filter{{"Key", "InstanceIds"}, {"Values", some}};
            if (const auto read = read_managed(client, Json::array({filter}), *answer); !read)
                answer = tl::unexpected(read.error());
        });
    client.run_concurrently(calls);
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
