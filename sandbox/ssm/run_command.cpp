#include "sandbox/ssm/run_command.hpp"

#include "sandbox/services/paging.hpp"
#include "sandbox/ssm/command_filter.hpp"
#include "sandbox/ssm/targets.hpp"
#include "sandbox/wire/aws_error.hpp"
#include "sandbox/wire/digest.hpp"

#include <algorithm>
#include <set>

namespace sandbox {

namespace {

constexpr int default_delivery_seconds = 3600;

void check_hash(const Document& document, const Json& parameters) {
    const std::string hash = parameters.value("DocumentHash", document.sha256);
    if (parameters.value("DocumentHashType", "Sha256") != "Sha256" || hash != document.sha256)
        throw AwsError("InvalidDocument", "The document's hash is not the one that was given.");
}

Invocation invocation_on(const Instance& instance) {
    Invocation invocation;
    invocation.instance_id = instance.id;
    invocation.instance_name = instance.name;
    return invocation;
}

bool by_tag(const Json& request) {
    const Json targets = request.value("Targets", Json::array());
    return !targets.empty() && targets[0].value("Key", "") != "InstanceIds";
}

} // namespace

Command* RunCommand::find(const std::string& command_id) {
    const auto found =
        std::find_if(commands_.begin(), commands_.end(),
                     [&](const Command& command) { return command.id == command_id; });
    return found == commands_.end() ? nullptr : &*found;
}

void RunCommand::advance(Instant now) {
    for (auto& command : commands_)
        progress(command, world_, now);
}

Json RunCommand::send_command(const Json& parameters, Instant now) {
    advance(now);
    const Document& document =
        documents_.find(parameters.at("DocumentName"), parameters.value("DocumentVersion", ""));
    check_hash(document, parameters);
    Command command;
    command.id = random_uuid();
    command.request = parameters;
    command.content = document.content;
    command.parameters =
        resolve_parameters(document.content, parameters.value("Parameters", Json::object()));
    check_targets(world_, parameters);
    command.requested = now;
    command.expires =
        now + std::chrono::seconds(parameters.value("TimeoutSeconds", default_delivery_seconds)) +
        execution_timeout(document.content);
    if (!by_tag(parameters))
        for (const Instance* const instance : resolve_targets(world_, parameters))
            command.invocations.push_back(invocation_on(*instance));
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
            !says(world_.visibility.omits_command, command->id, command->requested, now))
            commands.push_back(&*command);
    return list_page(parameters,
                     {.region = world_.region,
                      .action = "ListCommands",
                      .list = "Commands",
                      .short_pages = world_.visibility.short_pages},
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
        const auto& shown = world_.visibility.invocations_shown;
        const std::size_t count =
            shown ? shown(command->id, command->requested, now, all.size()) : all.size();
        for (std::size_t i = 0; i < count; ++i)
            if (filter.matches(*command, all[i])) invocations.emplace_back(&*command, &all[i]);
    }
    const bool details = parameters.value("Details", false);
    return list_page(parameters,
                     {.region = world_.region,
                      .action = "ListCommandInvocations",
                      .list = "CommandInvocations",
                      .short_pages = world_.visibility.short_pages},
                     invocations, [&, details](const auto& item) {
                         const auto& [command, invocation] = item;
                         const bool is_old =
                             invocation->ended && says(world_.visibility.shows_old_invocation,
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
    std::set<std::string> known;
    for (const auto& invocation : command->invocations)
        known.insert(invocation.instance_id);
    for (const auto& id : ids)
        if (!known.contains(id))
            throw AwsError("InvalidInstanceId", "The command was not sent to " + id + ".");
    cancel(*command, ids, now);
    advance(now);
    return Json::object();
}

} // namespace sandbox
