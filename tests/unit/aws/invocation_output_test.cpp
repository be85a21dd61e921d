// Which step's output counts as the invocation's: SSM promises no order of the steps, and only the
// step that failed says why.
#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/drain/run/answers_of_aws.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gtest/gtest.h>

namespace invocation_output_test {

namespace {

using namespace snow_white;

const std::string line =
    R"({"snow_white":1,"action":"quiet","outcome":"done","note":"","workers":[]})";
constexpr const char* limit = "GET https://api.github.com/repos/acme/drain/contents/x.sh: 403 API "
                              "rate limit exceeded for 192.0.2.7.";
constexpr const char* not_there =
    "GET https://api.github.com/repos/acme/private/contents/x.sh: 404 Not Found []";
constexpr const char* nothing_run =
    "\n----------ERROR-------\nsnow-white: it was not downloaded; nothing "
    "was run\nfailed to run commands: exit status 1";

Json step(const std::string& name, const std::string& status, const std::string& output) {
    return {{"Name", name}, {"Status", status}, {"Output", output}};
}

class InvocationOutput : public testing::Test {
protected:
    aws::Invocation invocation_with(const Json& steps, const std::string& status = "Failed") {
        const Json page{{"CommandInvocations",
                         {{{"InstanceId", "i-1"},
                           {"Status", status},
                           {"StatusDetails", status},
                           {"CommandPlugins", steps}}}}};
        http.answers = {test::FakeHttp::status(200, page.dump())};
        aws::Client client({settings, http, clock, credentials}, "eu-west-1");
        aws::Invocation one;
        EXPECT_TRUE(aws::list_invocations(client, {"c"},
                                          [&one](aws::Invocation seen) { one = std::move(seen); }));
        return one;
    }

    FakeClock clock;
    test::FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
};

TEST_F(InvocationOutput, IsThatOfTheScriptsStepAtAnyPosition) {
    const Json ours = step("workers", "Success", line);
    const Json download = step("download", "Success", "Content downloaded to x.sh");
    EXPECT_EQ(invocation_with({download, ours}, "Success").output, line);
    EXPECT_EQ(invocation_with({ours, download}, "Success").output, line);
    const Json later = step("later", "Success", "of somebody who added a step");
    EXPECT_EQ(invocation_with({ours, download, later}, "Success").output, line);
}

TEST_F(InvocationOutput, IsThatWithALineWhenNoStepHasTheName) {
    const Json ours = step("runSidekiq", "Success", line);
    const Json other = step("download", "Success", "Content downloaded to x.sh");
    EXPECT_EQ(invocation_with({ours, other}, "Success").output, line);
    EXPECT_EQ(invocation_with({other, ours}, "Success").output, line);
    EXPECT_EQ(invocation_with({step("a", "Success", "1"), step("b", "Success", "2")}).output, "2");
    EXPECT_EQ(invocation_with(Json::array()).output, "");
}

TEST_F(InvocationOutput, IsThatOfTheStepThatFailedBeforeOurs) {
    for (const char* const words : {limit, not_there})
        for (const bool first : {true, false}) {
            const Json download = step("download", "Failed", words);
            const Json ours = step("workers", "Failed", nothing_run);
            const aws::Invocation seen =
                invocation_with(first ? Json{download, ours} : Json{ours, download});
            const auto result = drain::make_invocation_result(
                seen.id, drain::InvocationEnd::failed, seen.detail, seen.output, seen.requested);
            EXPECT_EQ(result.last_output, words);
            EXPECT_FALSE(result.line);
        }
}

TEST_F(InvocationOutput, IsTheScriptsWhenItRanOrNothingElseFailed) {
    const Json ours = step("workers", "Failed", line);
    EXPECT_EQ(invocation_with({ours, step("cleanUp", "Failed", "rm: no such file")}).output, line);
    EXPECT_EQ(
        invocation_with({step("download", "Success", "ok"), step("workers", "Failed", "died")})
            .output,
        "died");
    EXPECT_EQ(
        invocation_with({step("download", "Failed", ""), step("workers", "Failed", "died")}).output,
        "died");
}

// As SSM writes it: a number of seconds, as Java prints a double.
TEST_F(InvocationOutput, EachHasItsOwnTime) {
    http.answers = {test::FakeHttp::status(
        200, R"({"CommandInvocations":[)"
             R"({"InstanceId":"i-1","Status":"Pending","RequestedDateTime":1.79550245504E9},)"
             R"({"InstanceId":"i-2","Status":"Pending","RequestedDateTime":1795502455},)"
             R"({"InstanceId":"i-3","Status":"Pending"}]})")};
    std::vector<std::optional<Instant>> moments;
    aws::Client client({settings, http, clock, credentials}, "eu-west-1");
    ASSERT_TRUE(aws::list_invocations(
        client, {"c"}, [&](const aws::Invocation& one) { moments.push_back(one.requested); }));
    EXPECT_EQ(moments, (std::vector<std::optional<Instant>>{Instant{Duration{1'795'502'455'040}},
                                                            Instant{Duration{1'795'502'455'000}},
                                                            std::nullopt}));
}

TEST_F(InvocationOutput, APageMayBeShortOrEmptyWithATokenAndTheLastOneToo) {
    const auto page = [](const std::vector<std::string>& ids, const std::string& token) {
        Json body{{"CommandInvocations", Json::array()}};
        for (const auto& id : ids)
            body["CommandInvocations"].push_back({{"InstanceId", id}, {"Status", "Success"}});
        if (!token.empty()) body["NextToken"] = token;
        return test::FakeHttp::status(200, body.dump());
    };
    http.answers = {page({}, "t1"), page({"i-1"}, "t2"), page({}, "t3"), page({"i-2", "i-3"}, "t4"),
                    page({}, "")};
    std::string ids;
    aws::Client client({settings, http, clock, credentials}, "eu-west-1");
    ASSERT_TRUE(aws::list_invocations(client, {"c"},
                                      [&](const aws::Invocation& one) { ids += one.id.text; }));
    EXPECT_EQ(ids, "i-1i-2i-3");
    EXPECT_EQ(http.requests.size(), 5U);
}

} // namespace

} // namespace invocation_output_test
