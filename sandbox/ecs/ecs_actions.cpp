#include "sandbox/ecs/ecs_actions.hpp"

namespace sandbox {

namespace {

using namespace shapes;

Shape launch_type() {
    return string().one_of({"EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"});
}

Shape name_and_value() {
    return structure({optional("name", string()), optional("value", string())});
}

Shape network_configuration() {
    const Shape awsvpc =
        structure({required("subnets", list(string())), optional("securityGroups", list(string())),
                   optional("assignPublicIp", string().one_of({"ENABLED", "DISABLED"}))});
    return structure({optional("awsvpcConfiguration", awsvpc)});
}

Shape container_override() {
    const Shape file =
        structure({required("value", string()), required("type", string().one_of({"s3"}))});
    const Shape mps = structure({required("memory", integer().at_least(1)),
                                 optional("maxComputePercent", integer().size(1, 100))});
    const Shape resource = structure(
        {optional("value", string()),
         required("type", string().one_of({"GPU", "InferenceAccelerator", "NeuronDevice"})),
         optional("sharingStrategy", structure({optional("nvidiaMps", mps)}))});
    return structure({optional("name", string()), optional("command", list(string())),
                      optional("environment", list(name_and_value())),
                      optional("environmentFiles", list(file)), optional("cpu", integer()),
                      optional("memory", integer()), optional("memoryReservation", integer()),
                      optional("resourceRequirements", list(resource))});
}

Shape overrides() {
    const Shape accelerator =
        structure({optional("deviceName", string()), optional("deviceType", string())});
    return structure({optional("containerOverrides", list(container_override())),
                      optional("cpu", string()),
                      optional("inferenceAcceleratorOverrides", list(accelerator)),
                      optional("executionRoleArn", string()), optional("memory", string()),
                      optional("taskRoleArn", string()),
                      optional("ephemeralStorage", structure({required("sizeInGiB", integer())}))});
}

Shape tags() {
    return list(structure({optional("key", string().size(1, 128)),
                           optional("value", string().size(0, 256))}))
        .size(0, 50);
}

// Where tags are taken from.
Shape tag_source() {
    return string().one_of({"TASK_DEFINITION", "SERVICE", "NONE"});
}

Shape volume_configuration() {
    const Shape specification =
        structure({required("resourceType", string().one_of({"volume"})), optional("tags", tags()),
                   optional("propagateTags", tag_source())});
    const Shape termination = structure({required("deleteOnTermination", boolean())});
    const Shape volume = structure(
        {optional("encrypted", boolean()), optional("kmsKeyId", string()),
         optional("volumeType", string()), optional("sizeInGiB", integer()),
         optional("snapshotId", string()), optional("volumeInitializationRate", integer()),
         optional("iops", integer()), optional("throughput", integer()),
         optional("tagSpecifications", list(specification)), required("roleArn", string()),
         optional("terminationPolicy", termination),
         optional("filesystemType", string().one_of({"ext3", "ext4", "xfs", "ntfs"}))});
    return structure({required("name", string()), optional("managedEBSVolume", volume)});
}

Shape run_task() {
    const Shape provider = structure({required("capacityProvider", string()),
                                      optional("weight", integer().size(0, 1000)),
                                      optional("base", integer().size(0, 100000))});
    const Shape constraint =
        structure({optional("type", string().one_of({"distinctInstance", "memberOf"})),
                   optional("expression", string())});
    const Shape strategy =
        structure({optional("type", string().one_of({"random", "spread", "binpack"})),
                   optional("field", string())});
    return structure(
        {optional("capacityProviderStrategy", list(provider)), optional("cluster", string()),
         optional("count", integer()), optional("enableECSManagedTags", boolean()),
         optional("enableExecuteCommand", boolean()), optional("group", string()),
         optional("launchType", launch_type()),
         optional("networkConfiguration", network_configuration()),
         optional("overrides", overrides()), optional("placementConstraints", list(constraint)),
         optional("placementStrategy", list(strategy)), optional("platformVersion", string()),
         optional("propagateTags", string().one_of({"TASK_DEFINITION", "SERVICE", "NONE"})),
         optional("referenceId", string()), optional("startedBy", string()),
         optional("tags", tags()), required("taskDefinition", string()),
         optional("clientToken", string()),
         optional("volumeConfigurations", list(volume_configuration()))});
}

Shape describe_clusters() {
    return structure(
        {optional("clusters", list(string())),
         optional("include", list(string().one_of({"ATTACHMENTS", "CONFIGURATIONS", "SETTINGS",
                                                   "STATISTICS", "TAGS"})))});
}

Shape describe_task_definition() {
    return structure({required("taskDefinition", string()),
                      optional("include", list(string().one_of({"TAGS"})))});
}

Shape describe_tasks() {
    return structure({optional("cluster", string()), required("tasks", list(string())),
                      optional("include", list(string().one_of({"TAGS"})))});
}

Shape list_tasks() {
    return structure({optional("cluster", string()), optional("containerInstance", string()),
                      optional("family", string()), optional("nextToken", string()),
                      optional("maxResults", integer()), optional("startedBy", string()),
                      optional("serviceName", string()), optional("daemonName", string()),
                      optional("desiredStatus", string().one_of({"RUNNING", "PENDING", "STOPPED"})),
                      optional("launchType", launch_type())});
}

Shape stop_task() {
    return structure(
        {optional("cluster", string()), required("task", string()), optional("reason", string())});
}

Shape filter_log_events() {
    const Shape stream = string().size(1, 512).matching("[^:*]*");
    return structure(
        {optional("logGroupName", string().size(1, 512).matching(R"([\.\-_/#A-Za-z0-9]+)")),
         optional("logGroupIdentifier", string().size(1, 2048).matching(R"([\w#+=/:,.@-]*)")),
         optional("logStreamNames", list(stream).size(1, 100)),
         optional("logStreamNamePrefix", stream), optional("startTime", integer().at_least(0)),
         optional("endTime", integer().at_least(0)),
         optional("filterPattern", string().size(0, 1024)),
         optional("nextToken", string().at_least(1)), optional("limit", integer().size(1, 10000)),
         optional("startFromHead", boolean()), optional("interleaved", boolean()),
         optional("unmask", boolean())});
}

Shape get_log_events() {
    return structure(
        {optional("logGroupName", string().size(1, 512).matching(R"([\.\-_/#A-Za-z0-9]+)")),
         optional("logGroupIdentifier", string().size(1, 2048).matching(R"([\w#+=/:,.@-]*)")),
         required("logStreamName", string().size(1, 512).matching("[^:*]*")),
         optional("startTime", integer().at_least(0)), optional("endTime", integer().at_least(0)),
         optional("nextToken", string().at_least(1)), optional("limit", integer().size(1, 10000)),
         optional("startFromHead", boolean()), optional("unmask", boolean())});
}

} // namespace

void add_ecs_actions(ActionTable& table, Ecs& ecs) {
    table.add("ecs", "DescribeClusters", describe_clusters(), [&ecs](const Call& call) {
        return ecs.describe_clusters(call.parameters, call.now);
    });
    table.add("ecs", "DescribeTaskDefinition", describe_task_definition(),
              [&ecs](const Call& call) { return ecs.describe_task_definition(call.parameters); });
    table.add("ecs", "RunTask", run_task(),
              [&ecs](const Call& call) { return ecs.run_task(call.parameters, call.now); });
    table.add("ecs", "DescribeTasks", describe_tasks(),
              [&ecs](const Call& call) { return ecs.describe_tasks(call.parameters, call.now); });
    table.add("ecs", "ListTasks", list_tasks(),
              [&ecs](const Call& call) { return ecs.list_tasks(call.parameters, call.now); });
    table.add("ecs", "StopTask", stop_task(),
              [&ecs](const Call& call) { return ecs.stop_task(call.parameters, call.now); });
}

void add_logs_actions(ActionTable& table, LogStore& logs) {
    table.add("logs", "GetLogEvents", get_log_events(),
              [&logs](const Call& call) { return logs.get_log_events(call.parameters, call.now); });
    table.add("logs", "FilterLogEvents", filter_log_events(),
              [&logs](const Call& call) { return logs.filter_log_events(call.parameters); });
}

} // namespace sandbox
