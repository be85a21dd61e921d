#include "sandbox/ssm/ssm_actions.hpp"

#include "sandbox/ssm/targets.hpp"

namespace sandbox {

namespace {

using namespace shapes;

Shape instance_id() {
    return string().matching(R"((^i-(\w{8}|\w{17})$)|(^mi-\w{17}$))");
}
Shape command_id() {
    return string().size(36, 36);
}
Shape document_name() {
    return string().matching(R"(^[a-zA-Z0-9_\-.:/]{3,128}$)");
}
Shape document_version() {
    return string().matching(R"(([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$))");
}

// The model's pattern of a target's key needs Unicode classes; the length is what is left of it
// here.
Shape targets() {
    return list(structure({optional("Key", string().size(1, 163)),
                           optional("Values", list(string()).size(0, 50))}))
        .size(0, 5);
}

Shape notification_config() {
    const Shape event =
        string().one_of({"All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"});
    return structure({optional("NotificationArn", string()),
                      optional("NotificationEvents", list(event)),
                      optional("NotificationType", string().one_of({"Command", "Invocation"}))});
}

Shape cloud_watch_config() {
    return structure({optional("CloudWatchLogGroupName",
                               string().size(1, 512).matching(R"([\.\-_/#A-Za-z0-9]+)")),
                      optional("CloudWatchOutputEnabled", boolean())});
}

Shape alarm_configuration() {
    const Shape alarm = structure({required("Name", string().size(1, 255))});
    return structure({optional("IgnorePollAlarmFailure", boolean()),
                      required("Alarms", list(alarm).size(1, 1))});
}

Shape send_command() {
    return structure(
        {optional("InstanceIds", list(instance_id()).size(0, 50)), optional("Targets", targets()),
         required("DocumentName", document_name()), optional("DocumentVersion", document_version()),
         optional("DocumentHash", string().at_most(256)),
         optional("DocumentHashType", string().one_of({"Sha256", "Sha1"})),
         optional("TimeoutSeconds", integer().size(30, 2592000)),
         optional("Comment", string().at_most(100)),
         optional("Parameters", map(string(), list(string()))),
         optional("OutputS3Region", string().size(3, 20)),
         optional("OutputS3BucketName", string().size(3, 63)),
         optional("OutputS3KeyPrefix", string().at_most(500)),
         optional("MaxConcurrency",
                  string().size(1, 7).matching(R"(^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$)")),
         optional("MaxErrors",
                  string().size(1, 7).matching(R"(^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$)")),
         optional("ServiceRoleArn", string()),
         optional("NotificationConfig", notification_config()),
         optional("CloudWatchOutputConfig", cloud_watch_config()),
         optional("AlarmConfiguration", alarm_configuration())});
}

Shape command_filters() {
    const Shape key = string().one_of(
        {"InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName"});
    return list(structure({required("key", key), required("value", string().size(1, 128))}))
        .size(1, 5);
}

Shape list_commands() {
    return structure({optional("CommandId", command_id()), optional("InstanceId", instance_id()),
                      optional("MaxResults", integer().size(1, 50)),
                      optional("NextToken", string()), optional("Filters", command_filters())});
}

Shape list_command_invocations() {
    Shape shape = list_commands();
    shape.members.push_back(optional("Details", boolean()));
    return shape;
}

Shape get_command_invocation() {
    return structure({required("CommandId", command_id()), required("InstanceId", instance_id()),
                      optional("PluginName", string().at_least(4))});
}

Shape cancel_command() {
    return structure({required("CommandId", command_id()),
                      optional("InstanceIds", list(instance_id()).size(0, 50))});
}

Shape instance_information() {
    const Shape values = list(string().at_least(1)).size(1, 100);
    const Shape old_key =
        string().one_of({"InstanceIds", "AgentVersion", "PingStatus", "PlatformTypes",
                         "ActivationIds", "IamRole", "ResourceType", "AssociationStatus"});
    const Shape old_filter = structure({required("key", old_key), required("valueSet", values)});
    const Shape filter =
        structure({required("Key", string().at_least(1)), required("Values", values)});
    return structure({optional("InstanceInformationFilterList", list(old_filter).at_least(0)),
                      optional("Filters", list(filter).at_least(0)),
                      optional("MaxResults", integer().size(5, 50)),
                      optional("NextToken", string())});
}

Shape describe_document() {
    return structure({required("Name", document_name()),
                      optional("DocumentVersion", document_version()),
                      optional("VersionName", string().matching(R"(^[a-zA-Z0-9_\-.]{1,128}$)"))});
}

Shape get_document() {
    Shape shape = describe_document();
    shape.members.push_back(optional("DocumentFormat", string().one_of({"YAML", "JSON", "TEXT"})));
    return shape;
}

} // namespace

void add_ssm_actions(ActionTable& table, SystemsManager& ssm) {
    const auto add = [&table](const std::string& action, Shape shape, Handler handler) {
        table.add("ssm", action, std::move(shape), std::move(handler));
    };
    RunCommand& commands = ssm.commands;
    const DocumentLibrary& documents = ssm.documents;
    add("SendCommand", send_command(),
        [&](const Call& c) { return commands.send_command(c.parameters, c.now); });
    add("CancelCommand", cancel_command(),
        [&](const Call& c) { return commands.cancel_command(c.parameters, c.now); });
    add("ListCommands", list_commands(),
        [&](const Call& c) { return commands.list_commands(c.parameters, c.now); });
    add("ListCommandInvocations", list_command_invocations(),
        [&](const Call& c) { return commands.list_command_invocations(c.parameters, c.now); });
    add("GetCommandInvocation", get_command_invocation(),
        [&](const Call& c) { return commands.get_command_invocation(c.parameters, c.now); });
    add("DescribeInstanceInformation", instance_information(), [&](const Call& c) {
        return describe_instance_information(ssm.world, c.parameters, c.now);
    });
    add("DescribeDocument", describe_document(),
        [&](const Call& c) { return documents.describe(c.parameters); });
    add("GetDocument", get_document(), [&](const Call& c) { return documents.get(c.parameters); });
}

} // namespace sandbox
