// --dry-run: what in the account would prevent a first quiet, and the command that fixes it.
#include "tests/unit/operator_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace check_account_test {

namespace {

using namespace snow_white;
using report::ExitCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CheckAccount : public testing::Test, protected test::OperatorRun {
protected:
    // One environment of two instances, after the change.
    Ended check(const std::function<void(sandbox::RegionState&)>& happened) {
        open({{"acme-workers", 2}});
        box->change_region_state(happened);
        return dry_run();
    }
    void expect_blocked(const Ended& checked, const std::string& words) {
        EXPECT_EQ(checked.code, ExitCode::refused) << checked.out;
        EXPECT_THAT(checked.err, HasSubstr(words));
        EXPECT_THAT(checked.out, HasSubstr("to fix first: 1"));
    }
    void withhold(const std::string& who, const std::vector<std::string>& actions) {
        const sandbox::Json asked{{"caller", who}, {"actions", actions}};
        box->handle({.method = "POST", .path = "/_sandbox/withhold", .body = asked.dump()});
    }
    static sandbox::RouteTable& table(sandbox::RegionState& state) {
        return state.network.route_tables.front();
    }
};

TEST_F(CheckAccount, ReportsWhatExists) {
    const Ended checked = check([](sandbox::RegionState&) {});
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out,
                AllOf(HasSubstr(sandbox::subnet_id + " has a way out: igw-0a1b2c3d4e5f60718"),
                      HasSubstr("/snow-white:latest is there"), Not(HasSubstr("not checked"))));
}

TEST_F(CheckAccount, AnInternetGatewayNeedsAPublicAddress) {
    public_ip = "DISABLED";
    expect_blocked(check([](sandbox::RegionState&) {}),
                   "assign_public_ip: " + sandbox::subnet_id +
                       "'s way out is the internet gateway igw-");
    open({{"acme-workers", 2}});
    box->change_region_state(
        [](sandbox::RegionState& state) { table(state).way_out = "nat-0a1b2c3d4e5f60718"; });
    EXPECT_EQ(dry_run().code, ExitCode::done) << "a NAT gateway carries others, too";
}

// The subnet's own route table has precedence over its VPC's main one.
TEST_F(CheckAccount, ASubnetWithoutARouteOutIsAProblem) {
    const Ended checked = check([](sandbox::RegionState& state) {
        state.network.route_tables.push_back(
            {"rtb-0c1b2c3d4e5f60718", sandbox::vpc_id, sandbox::subnet_id, ""});
    });
    expect_blocked(checked, "has no route to the internet, and " + sandbox::vpc_id +
                                " has no endpoint for cloudformation, ec2, ecr.api, ecr.dkr, ecs, "
                                "elasticbeanstalk, logs, s3, secretsmanager, ssm");
    EXPECT_THAT(checked.err, HasSubstr("aws ec2 create-route --destination-cidr-block 0.0.0.0/0"));
}

TEST_F(CheckAccount, ABlackholeRouteDoesNotCount) {
    const Ended checked = check([](sandbox::RegionState& state) { table(state).blackhole = true; });
    expect_blocked(checked, "has no route to the internet (its target is gone)");
    EXPECT_THAT(
        checked.err,
        HasSubstr("aws ec2 replace-route --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-… "
                  "--route-table-id rtb-0a1b2c3d4e5f60718"));
}

const std::vector<std::string> needed{
    "cloudformation",   "ec2",  "ecr.api",        "ecr.dkr", "ecs",
    "elasticbeanstalk", "logs", "secretsmanager", "ssm"};

// Removes the way out, and adds all endpoints that the task needs.
void give_endpoints(sandbox::RegionState& state) {
    state.network.route_tables.front().way_out.clear();
    int number = 0;
    for (const auto& service : needed)
        state.network.endpoints.push_back({fmt::format("vpce-0a1b2c3d4e5f607{:02}", ++number),
                                           sandbox::vpc_id, "com.amazonaws.us-east-1." + service});
    state.network.endpoints.push_back({"vpce-0a1b2c3d4e5f60799", sandbox::vpc_id,
                                       "com.amazonaws.us-east-1.s3", true,
                                       state.network.route_tables.front().id});
}

TEST_F(CheckAccount, EndpointsReachAwsAndNotSlack) {
    const Ended checked = check(give_endpoints);
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("reach AWS, and nothing reaches Slack"));
}

TEST_F(CheckAccount, EndpointsOfOneRegionDoNotReachAnother) {
    regions = "us-east-1,eu-west-1";
    const Ended checked = check(give_endpoints);
    EXPECT_THAT(checked.err,
                HasSubstr("endpoints of " + sandbox::vpc_id + " do not reach eu-west-1"));
}

TEST_F(CheckAccount, AnEndpointWithoutPrivateDnsOrRouteDoesNotCount) {
    expect_blocked(check([](sandbox::RegionState& state) {
                       give_endpoints(state);
                       state.network.endpoints.front().private_names = false;
                   }),
                   "has no endpoint for cloudformation: ");
    expect_blocked(check([](sandbox::RegionState& state) {
                       give_endpoints(state);
                       state.network.endpoints.back().route_table = "rtb-0ffffffffffffffff";
                   }),
                   "has no endpoint for s3: ");
}

TEST_F(CheckAccount, UnknownRoutesAreNoProblem) {
    const Ended checked = check([](sandbox::RegionState& state) {
        table(state).way_out.clear();
        table(state).by_nat = {"0.0.0.0/1", "128.0.0.0/1"};
    });
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out,
                HasSubstr("but routes for 0.0.0.0/1, 128.0.0.0/1: whether the task reaches"));
    const Ended unseen =
        check([](sandbox::RegionState& state) { state.network.route_tables.clear(); });
    EXPECT_EQ(unseen.code, ExitCode::done) << unseen.err;
    EXPECT_THAT(unseen.out, HasSubstr("not checked: the way out of " + sandbox::subnet_id +
                                      ": EC2 shows no route table"));
}

TEST_F(CheckAccount, ASubnetOfAnUnseenVpcIsNotChecked) {
    open({{"acme-workers", 2}});
    withhold("user/alice", {"ec2:DescribeSubnets"});
    const Ended checked = dry_run();
    EXPECT_THAT(checked.out, HasSubstr("not checked: the way out of " + sandbox::subnet_id +
                                       ", whose VPC could not be seen"));
    EXPECT_THAT(checked.out, Not(HasSubstr("has a way out")));
}

TEST_F(CheckAccount, OtherErrorsAreNotReportedAsAMissingRight) {
    open({{"acme-workers", 2}});
    const sandbox::Json faults = {"ecr:DescribeImages=expired-token"};
    box->handle({.method = "POST", .path = "/_sandbox/faults", .body = faults.dump()});
    EXPECT_THAT(dry_run().out,
                AllOf(HasSubstr("not checked: the image: "), Not(HasSubstr("right ecr:"))));
}

TEST_F(CheckAccount, AMissingInstanceProfileIsNamed) {
    open({{"acme-workers", 2}});
    box->change_region_state([](sandbox::RegionState& state) {
        state.instances.front().agent = sandbox::AgentState::absent;
    });
    const sandbox::Json faults = {"iam:GetInstanceProfile=absent"};
    box->handle({.method = "POST", .path = "/_sandbox/faults", .body = faults.dump()});
    EXPECT_THAT(
        dry_run().out,
        HasSubstr("instance profile aws-elasticbeanstalk-ec2-role does not exist any more"));
}

// Where ssmmessages is reachable, ec2messages is not needed.
TEST_F(CheckAccount, OneEndpointForCommandsIsEnough) {
    open({{"acme-workers", 2}});
    box->change_region_state([](sandbox::RegionState& state) {
        state.instances.front().agent = sandbox::AgentState::absent;
    });
    withhold("role/aws-elasticbeanstalk-ec2-role", {"ec2messages:GetMessages"});
    EXPECT_THAT(dry_run().out, HasSubstr("may call SSM, so the agent or its network fails"));
    withhold("role/aws-elasticbeanstalk-ec2-role",
             {"ec2messages:GetMessages", "ssmmessages:CreateControlChannel"});
    EXPECT_THAT(dry_run().out, HasSubstr("may not call SSM"));
}

TEST_F(CheckAccount, AnImageThatWasNotPushedIsAProblem) {
    const Ended checked =
        check([](sandbox::RegionState& state) { state.images = {"snow-white:older"}; });
    expect_blocked(checked, "/snow-white:latest is not there (ImageNotFoundException)");
    EXPECT_THAT(checked.err,
                HasSubstr("skopeo copy docker-archive:build/container/snow-white.tar docker://"));
    expect_blocked(check([](sandbox::RegionState& state) { state.images.clear(); }),
                   "(RepositoryNotFoundException)");
}

TEST_F(CheckAccount, AnExecutionRoleWithoutTheSecretIsAProblem) {
    const auto at = template_text.find("                  Action: secretsmanager:GetSecretValue\n"
                                       "                  Resource: !Ref WebhookSecret");
    ASSERT_NE(at, std::string::npos);
    template_text.replace(template_text.find("GetSecretValue", at), 14, "DescribeSecret");
    const Ended checked = check([](sandbox::RegionState&) {});
    expect_blocked(checked, "may not read arn:aws:secretsmanager:");
    EXPECT_THAT(checked.err,
                HasSubstr("aws iam put-role-policy --role-name snow-white-ExecutionRole-"));
}

TEST_F(CheckAccount, AnInstanceRoleWithoutSsmIsNamed) {
    open({{"acme-workers", 2}});
    box->change_region_state([](sandbox::RegionState& state) {
        state.instances.front().agent = sandbox::AgentState::absent;
    });
    EXPECT_THAT(dry_run().out,
                HasSubstr("role aws-elasticbeanstalk-ec2-role may call SSM, so the agent"));
    withhold("role/aws-elasticbeanstalk-ec2-role", {"ssm:UpdateInstanceInformation"});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << "the others can be told";
    EXPECT_THAT(
        checked.out,
        AllOf(HasSubstr("role aws-elasticbeanstalk-ec2-role may not call SSM "
                        "(ssm:UpdateInstanceInformation)"),
              HasSubstr(
                  "iam attach-role-policy --role-name aws-elasticbeanstalk-ec2-role --policy-arn "
                  "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")));
    box->change_region_state(
        [](sandbox::RegionState& state) { state.instances.front().profile.clear(); });
    EXPECT_THAT(dry_run().out, HasSubstr(": no instance profile, so no role that may call SSM"));
}

// An operator without PreflightPolicy.
TEST_F(CheckAccount, WithoutPermissionsItReportsWhatWasNotChecked) {
    open({{"acme-workers", 2}});
    box->change_region_state([](sandbox::RegionState& state) {
        table(state).way_out.clear();
        state.images.clear();
        state.instances.front().agent = sandbox::AgentState::absent;
    });
    withhold("user/alice", {"ec2:DescribeRouteTables", "ecr:DescribeImages",
                            "iam:GetInstanceProfile", "iam:SimulatePrincipalPolicy"});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out,
                AllOf(HasSubstr("not checked: the way out of " + sandbox::subnet_id +
                                " (right ec2:DescribeRouteTables), "
                                "the image (right ecr:DescribeImages), whether ECS may "
                                "read the task's secret (right "
                                "iam:SimulatePrincipalPolicy)"),
                      HasSubstr("(right iam:GetInstanceProfile)"),
                      HasSubstr("PreflightPolicyArn")));
}

// From a laptop nothing is known of what the task can reach.
TEST_F(CheckAccount, WithoutATaskNothingOfItIsChecked) {
    open({{"acme-workers", 2}});
    box->change_region_state([](sandbox::RegionState& state) { state.images.clear(); });
    const Ended checked = run("quiet", "workers", {"--dry-run", "--here"});
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_EQ(calls("ecr", "DescribeImages") + calls("ec2", "DescribeRouteTables"), 0);
}

} // namespace

} // namespace check_account_test
