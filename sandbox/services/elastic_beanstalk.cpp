// Elastic Beanstalk: applications, environments, and which instances an environment has.
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <set>

namespace sandbox {

namespace {

constexpr std::size_t most_environments = 1000;

bool listed(const Json& parameters, const char* list_name, const std::string& value) {
    if (!parameters.contains(list_name) || parameters[list_name].empty()) return true;
    return contains(parameters[list_name], value);
}

bool gone(const Environment& environment) {
    return environment.status == "Terminated";
}

// Source: the valid values of EnvironmentTier in botocore's model (1.44.8).
Json tier_object(Tier tier) {
    switch (tier) {
    case Tier::web_server:
        return {{"Name", "WebServer"}, {"Type", "Standard"}, {"Version", "1.0"}};
    case Tier::worker:
        return {{"Name", "Worker"}, {"Type", "SQS/HTTP"}, {"Version", "1.0"}};
    case Tier::cluster:
        break;
    }
    return {{"Name", "Cluster"}, {"Type", "EKS"}};
}

Json describe(const Environment& environment, const RegionState& state) {
    return {{"EnvironmentName", environment.name},
            {"EnvironmentId", environment.id},
            {"ApplicationName", environment.application},
            {"VersionLabel", "v1"},
            {"SolutionStackName", "64bit Amazon Linux 2023 v4.3.0 running Ruby 3.3"},
            {"EnvironmentArn",
             make_arn("elasticbeanstalk", state.region, state.account,
                      fmt::format("environment/{}/{}", environment.application, environment.name))},
            {"DateCreated", iso_time(environment.created)},
            {"DateUpdated", iso_time(environment.created)},
            {"Status", environment.status},
            {"Health", environment.health},
            {"AbortableOperationInProgress", environment.status == "Updating"},
            {"EnvironmentLinks", Json::array()},
            {"Tier", tier_object(environment.tier)}};
}

Json describe_environments(const Call& call, const RegionState& state) {
    const Json& asked = call.parameters;
    std::vector<const Environment*> matching;
    for (const Environment& environment : state.environments) {
        const bool wanted = (!asked.contains("ApplicationName") ||
                             asked["ApplicationName"] == environment.application) &&
                            listed(asked, "EnvironmentNames", environment.name) &&
                            listed(asked, "EnvironmentIds", environment.id) &&
                            (!gone(environment) || asked.value("IncludeDeleted", true));
        if (wanted && !applies(state.visibility.omits_environment, environment))
            matching.push_back(&environment);
    }
    return list_page(asked,
                     {.region = state.region,
                      .action = "DescribeEnvironments",
                      .list = "Environments",
                      .default_size = most_environments,
                      .size = "MaxRecords",
                      .token_error = "InvalidParameterValue",
                      .token_complaint = "Invalid NextToken."},
                     matching,
                     [&](const Environment* environment) { return describe(*environment, state); });
}

Json describe_applications(const Call& call, const RegionState& state) {
    std::set<std::string> names;
    for (const Environment& environment : state.environments)
        if (listed(call.parameters, "ApplicationNames", environment.application))
            names.insert(environment.application);
    Json result = {{"Applications", Json::array()}};
    for (const std::string& name : names)
        result["Applications"].push_back(
            {{"ApplicationName", name},
             {"ApplicationArn",
              make_arn("elasticbeanstalk", state.region, state.account, "application/" + name)},
             {"ConfigurationTemplates", Json::array()},
             {"Versions", {"v1"}}});
    return result;
}

const Environment& asked_environment(const Json& asked, const RegionState& state) {
    const char* const key = asked.contains("EnvironmentId") ? "EnvironmentId" : "EnvironmentName";
    if (!asked.contains(key))
        throw AwsError("MissingParameter",
                       "You must specify either the environment ID or the environment name");
    const std::string wanted = asked[key];
    for (const Environment& environment : state.environments)
        if (!gone(environment) &&
            wanted == (asked.contains("EnvironmentId") ? environment.id : environment.name))
            return environment;
    throw aws_error("InvalidParameterValue", "No Environment found for {} = '{}'.", key, wanted);
}

Json describe_environment_resources(const Call& call, const RegionState& state) {
    const Environment& environment = asked_environment(call.parameters, state);
    Json instances = Json::array();
    for (const Instance& instance : state.instances)
        if (instance.environment_id == environment.id &&
            instance.state != InstanceState::terminated)
            instances.push_back({{"Id", instance.id}});
    const Json none = Json::array();
    return {{"EnvironmentResources",
             {{"EnvironmentName", environment.name},
              {"AutoScalingGroups",
               {{{"Name", "awseb-" + environment.id + "-stack-AWSEBAutoScalingGroup"}}}},
              {"Instances", instances},
              {"LaunchConfigurations", none},
              {"LaunchTemplates", none},
              {"LoadBalancers", none},
              {"Triggers", none},
              {"Queues", none}}}};
}

} // namespace

void add_elastic_beanstalk(ActionTable& actions, const RegionState& state) {
    const std::string service = "elasticbeanstalk";
    actions.add(service, "DescribeApplications", describe_applications, state);
    actions.add(service, "DescribeEnvironments", describe_environments, state);
    actions.add(service, "DescribeEnvironmentResources", describe_environment_resources, state);
}

} // namespace sandbox
