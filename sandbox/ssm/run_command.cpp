#include "sandbox/ssm/run_command.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/ssm/targets.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"

namespace sandbox {

namespace {

constexpr int default_delivery_seconds = 3600;

void check_hash(const Document& document, const Json& parameters) {
    const std::string hash = parameters.value("DocumentHash", document.sha256);
    if (parameters.value("DocumentHashType", "Sha256") != "Sha256" || hash != document.sha256)
        throw AwsError("InvalidDocument", "The document's hash is not the one that was given.");
}

bool by_tag(const Json& request) {
    const Json targets = request.value("Targets", Json::array());
    return !targets.empty() && targets[0].value("Key", "") != "InstanceIds";
}

} // namespace

Command* RunCommand::find(const std::string& command_id) {
    return find_by(commands_, &Command::id, command_id);
}

void RunCommand::advance(Instant now) {
    for (auto& command : commands_)
        progress(command, state_, now);
}

Json RunCommand::send_command(const Json& parameters, Instant now) {
    advance(now);
    const Document& document =
        documents_.find(parameters.at("DocumentName"), parameters.value("DocumentVersion", ""));
    check_hash(document, parameters);
    const auto delivery_timeout =
        std::chrono::seconds(parameters.value("TimeoutSeconds", default_delivery_seconds));
    Command command{.id = random_uuid(),
                    .request = parameters,
                    .content = document.content,
                    .parameters = resolve_parameters(
                        document.content, parameters.value("Parameters", Json::object())),
                    .requested = now,
                    .expires = now + delivery_timeout + execution_timeout(document.content)};
    check_targets(state_, parameters);
    if (!by_tag(parameters))
        for (const Instance* const instance : resolve_targets(state_, parameters))
            command.invocations.push_back(
                {.instance_id = instance->id, .instance_name = instance->name});
    commands_.push_back(std::move(command));
    return {{"Command", describe_command(commands_.back())}};
}

Json RunCommand::list_commands(const Json& parameters, Instant now) {
    advance(now);
    const std::string id = parameters.value("CommandId", "");
    if (!id.empty() && find(id) == nullptr)
        throw AwsError("InvalidCommandId", "The specified command ID is not valid.");
    const CommandFilter filter(parameters, FilterUse::commands);
    std::vector<const Command*> commands;
    for (auto command = commands_.rbegin(); command != commands_.rend(); ++command)
        if ((id.empty() || command->id == id) && filter.matches(*command) &&
            !applies(state_.visibility.omits_command, command->id, command->requested, now))
            commands.push_back(&*command);
    return list_page(parameters,
                     {.region = state_.region,
                      .action = "ListCommands",
                      .list = "Commands",
                      .short_pages = state_.visibility.short_pages},
                     commands, [](const Command* command) { return describe_command(*command); });
}

Json RunCommand::list_command_invocations(const Json& parameters, Instant now) {
    advance(now);
    const std::string id = parameters.value("CommandId", "");
    const CommandFilter filter(parameters, FilterUse::invocations);
    std::vector<std::pair<const Command*, const Invocation*>> invocations;
    for (auto command = commands_.rbegin(); command != commands_.rend(); ++command) {
        if (!command->resolved || (!id.empty() && command->id != id)) continue;
        const auto& all = command->invocations;
        const auto& shown = state_.visibility.invocations_shown;
        const std::size_t count =
            shown ? shown(command->id, command->requested, now, all.size()) : all.size();
        for (std::size_t i = 0; i < count; ++i)
            if (filter.matches(*command, all[i])) invocations.emplace_back(&*command, &all[i]);
    }
    const bool details = parameters.value("Details", false);
    return list_page(parameters,
                     {.region = state_.region,
                      .action = "ListCommandInvocations",
                      .list = "CommandInvocations",
                      .short_pages = state_.visibility.short_pages},
                     invocations, [&, details](const auto& item) {
                         const auto& [command, invocation] = item;
                         const bool is_old =
                             invocation->ended && applies(state_.visibility.shows_old_invocation,
                                                          command->id, invocation->instance_id);
                         return is_old ? describe_old_invocation(*command, *invocation, details)
                                       : describe_invocation(*command, *invocation, details);
                     });
}

Json RunCommand::get_command_invocation(const Json& parameters, Instant now) {
    advance(now);
    const Command* const command = find(parameters.at("CommandId"));
    const std::string instance = parameters.at("InstanceId");
    if (command != nullptr && command->resolved)
        for (const auto& invocation : command->invocations)
            if (invocation.instance_id == instance)
                return describe_step(*command, invocation, parameters.value("PluginName", ""));
    throw AwsError("InvocationDoesNotExist",
                   "The command ID and instance ID did not match any invocation.");
}

Json RunCommand::cancel_command(const Json& parameters, Instant now) {
    advance(now);
    Command* const command = find(parameters.at("CommandId"));
    if (command == nullptr)
        throw AwsError("InvalidCommandId", "The specified command ID is not valid.");
    const auto ids = parameters.value("InstanceIds", std::vector<std::string>{});
    for (const auto& id : ids)
        if (find_by(command->invocations, &Invocation::instance_id, id) == nullptr)
            throw AwsError("InvalidInstanceId", "The command was not sent to " + id + ".");
    cancel(*command, ids, now);
    advance(now);
    return Json::object();
}

void add_ssm_actions(ActionTable& table, SystemsManager& ssm) {
    table.add("ssm", "SendCommand", &RunCommand::send_command, ssm.commands);
    table.add("ssm", "CancelCommand", &RunCommand::cancel_command, ssm.commands);
    table.add("ssm", "ListCommands", &RunCommand::list_commands, ssm.commands);
    table.add("ssm", "ListCommandInvocations", &RunCommand::list_command_invocations, ssm.commands);
    table.add("ssm", "GetCommandInvocation", &RunCommand::get_command_invocation, ssm.commands);
    table.add("ssm", "DescribeInstanceInformation", [&state = ssm.state](const Call& call) {
        return describe_instance_information(state, call.parameters, call.now);
    });
    table.add("ssm", "DescribeDocument", &DocumentLibrary::describe, ssm.documents);
    table.add("ssm", "GetDocument", &DocumentLibrary::get, ssm.documents);
}

} // namespace sandbox
