// The AWS operations that Snow White calls, in one table. The client reads it, and a test compares
// it with the template's policies (tests/contract/test_template.py): every operation here is
// granted, and nothing else is. Source of names, versions and target prefixes: the services'
// published API models.
#pragma once

#include <array>
#include <string_view>

namespace snow_white::aws {

enum class Protocol { json_1_1, query };

struct Service {
    std::string_view name; // in the endpoint and in the credential scope
    std::string_view id;   // in AWS_ENDPOINT_URL_<ID>
    Protocol protocol;
    std::string_view version;   // query: the API's version; JSON: the target's prefix
    bool global = false;        // one endpoint for the whole partition, signed for its first region
    bool marked_fips = false;   // its FIPS endpoints have -fips even where plain ones are FIPS, too
    std::string_view host = {}; // how its endpoints begin (not dual-stack ones); empty: its name
};

namespace services {
inline constexpr Service sts{"sts", "STS", Protocol::query, "2011-06-15"};
inline constexpr Service iam{"iam", "IAM", Protocol::query, "2010-05-08", true};
inline constexpr Service ec2{"ec2", "EC2", Protocol::query, "2016-11-15"};
inline constexpr Service cloudformation{"cloudformation", "CLOUDFORMATION", Protocol::query,
                                        "2010-05-15"};
inline constexpr Service elasticbeanstalk{"elasticbeanstalk", "ELASTIC_BEANSTALK", Protocol::query,
                                          "2010-12-01"};
inline constexpr Service ecs{"ecs", "ECS", Protocol::json_1_1, "AmazonEC2ContainerServiceV20141113",
                             false, true};
inline constexpr Service ecr{
    "ecr", "ECR", Protocol::json_1_1, "AmazonEC2ContainerRegistry_V20150921",
    false, true,  "api.ecr"};
inline constexpr Service ssm{"ssm", "SSM", Protocol::json_1_1, "AmazonSSM"};
inline constexpr Service logs{"logs", "CLOUDWATCH_LOGS", Protocol::json_1_1, "Logs_20140328"};

inline constexpr std::array all{&sts, &iam, &ec2, &cloudformation, &elasticbeanstalk, &ecs,
                                &ecr, &ssm, &logs};
} // namespace services

struct Operation {
    const Service& service;
    std::string_view name;
    std::string_view required_member; // of each good answer, or of its root; empty: none
    bool repeatable = true; // a second call does no harm, so a call without answer is repeated
    bool is_signed = true;  // false: a token in the parameters proves who calls
};

namespace operations {
inline constexpr Operation get_caller_identity{services::sts, "GetCallerIdentity",
                                               "GetCallerIdentityResult"};
inline constexpr Operation list_user_tags{services::iam, "ListUserTags", "ListUserTagsResult"};
inline constexpr Operation describe_instances{services::ec2, "DescribeInstances", "reservationSet"};
inline constexpr Operation describe_subnets{services::ec2, "DescribeSubnets", "subnetSet"};
inline constexpr Operation describe_security_groups{services::ec2, "DescribeSecurityGroups",
                                                    "securityGroupInfo"};
inline constexpr Operation describe_route_tables{services::ec2, "DescribeRouteTables",
                                                 "routeTableSet"};
inline constexpr Operation describe_vpc_endpoints{services::ec2, "DescribeVpcEndpoints",
                                                  "vpcEndpointSet"};
inline constexpr Operation describe_images{services::ecr, "DescribeImages", "imageDetails"};
inline constexpr Operation get_instance_profile{services::iam, "GetInstanceProfile",
                                                "GetInstanceProfileResult"};
inline constexpr Operation simulate_principal_policy{services::iam, "SimulatePrincipalPolicy",
                                                     "SimulatePrincipalPolicyResult"};
inline constexpr Operation describe_stack_resource{
    services::cloudformation, "DescribeStackResource", "DescribeStackResourceResult"};
inline constexpr Operation describe_environments{services::elasticbeanstalk, "DescribeEnvironments",
                                                 "DescribeEnvironmentsResult"};
inline constexpr Operation describe_clusters{services::ecs, "DescribeClusters", "clusters"};
inline constexpr Operation describe_task_definition{services::ecs, "DescribeTaskDefinition",
                                                    "taskDefinition"};
inline constexpr Operation run_task{services::ecs, "RunTask", "tasks"}; // clientToken: repeatable
inline constexpr Operation list_tasks{services::ecs, "ListTasks", "taskArns"};
inline constexpr Operation describe_tasks{services::ecs, "DescribeTasks", "tasks"};
inline constexpr Operation stop_task{services::ecs, "StopTask", "task"};
inline constexpr Operation get_log_events{services::logs, "GetLogEvents", "events"};
inline constexpr Operation describe_instance_information{
    services::ssm, "DescribeInstanceInformation", "InstanceInformationList"};
inline constexpr Operation send_command{services::ssm, "SendCommand", "Command", false};
inline constexpr Operation list_commands{services::ssm, "ListCommands", "Commands"};
inline constexpr Operation list_command_invocations{services::ssm, "ListCommandInvocations",
                                                    "CommandInvocations"};
inline constexpr Operation cancel_command{services::ssm, "CancelCommand"};
inline constexpr Operation get_document{services::ssm, "GetDocument", "Content"};

// For a profile's credentials (assume_role.hpp): called on the operator's machine only, never by
// the task. The trust policies of the operators' own roles grant them, not the template. The test
// reads services and names by position, so these two, written with designators, are not in it.
inline constexpr Operation assume_role{.service = services::sts, .name = "AssumeRole"};
inline constexpr Operation assume_role_with_web_identity{
    .service = services::sts, .name = "AssumeRoleWithWebIdentity", .is_signed = false};
} // namespace operations

} // namespace snow_white::aws
