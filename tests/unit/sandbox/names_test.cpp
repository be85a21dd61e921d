// The sandbox deploys no stack whose documents or repository AWS would refuse by their names.
#include "sandbox/stack/physical_id.hpp"
#include "sandbox/stack/stack.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace names_test {

namespace {

using namespace sandbox;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string deployed(const std::string& stack,
                     const std::map<std::string, std::string>& parameters = {}) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    try {
        deploy(text, {.name = stack, .parameters = parameters});
    } catch (const std::runtime_error& refused) {
        return refused.what();
    }
    return "";
}

TEST(SandboxNames, OfAStackThatEcrOrSsmRefuses) {
    EXPECT_EQ(deployed("snow-white"), "");
    EXPECT_THAT(deployed("Snow-White"), HasSubstr("a repository's name has small letters"));
    EXPECT_EQ(deployed("Snow-White", {{"Image", "registry.example/snow-white"}}), "")
        << "it needs no repository";
    for (const std::string name : {"aws-quiet", "amazon", "Amzn-quiet"})
        EXPECT_THAT(deployed(name, {{"Image", "x"}}),
                    HasSubstr("reserved as beginnings of a document's name"));
    EXPECT_THAT(deployed(std::string(100, 'a')), HasSubstr("3 to 128"));
}

TEST(SandboxNames, AParameterIsCheckedAgainstItsPattern) {
    for (const std::string name :
         {"Snow-White", "aws-quiet", "amazon", "amzn", "snow--white", "snow-"})
        EXPECT_THAT(deployed("snow-white", {{"CfnStackName", name}}),
                    HasSubstr("'CfnStackName' must match pattern"));
    EXPECT_EQ(deployed("snow-white", {{"CfnStackName", "my-aws-stack"}}), "");
}

TEST(SandboxNames, OfEachKind) {
    const auto fault = [](const std::string& type, const std::string& name) {
        return fault_of_name({.account = "1",
                              .region = "us-east-1",
                              .stack = "s",
                              .logical_id = "L",
                              .type = type,
                              .given_name = name});
    };
    EXPECT_THAT(fault("AWS::SSM::Document", "ab"), HasSubstr("3 to 128"));
    EXPECT_THAT(fault("AWS::SSM::Document", "Quiet.v1_2"), IsEmpty());
    EXPECT_THAT(fault("AWS::ECR::Repository", "team/snow-white"), IsEmpty());
    EXPECT_THAT(fault("AWS::ECR::Repository", "team//snow"), Not(IsEmpty()));
    EXPECT_THAT(fault("AWS::Logs::LogGroup", "/ECS/A"), IsEmpty());
}

} // namespace

} // namespace names_test
