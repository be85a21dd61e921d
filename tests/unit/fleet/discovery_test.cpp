// The calls of discovery and of the watch: they keep within the limits of each API.
#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/fleet/discovery.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace discovery_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t most_filter_values = 200; // of a call: EC2's API reference, DescribeInstances

std::vector<std::string> names(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i)
        all.push_back(fmt::format("acme-workers-{}", i));
    return all;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++found;
    return found;
}

// Answers by the request, so that concurrent requests may come in any order.
class AnsweringHttp : public Http {
public:
    explicit AnsweringHttp(std::function<std::string(const HttpRequest&)> body)
        : body_(std::move(body)) {}
    HttpResult send(const HttpRequest& request) override {
        return test::FakeHttp::status(200, body_(request));
    }

private:
    std::function<std::string(const HttpRequest&)> body_;
};

class DiscoveryTest : public testing::Test {
protected:
    DiscoveryTest() {
        http.answers = {test::FakeHttp::status(
            200, "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>")};
    }

    std::size_t most_values_of_a_call() const {
        std::size_t most = 0;
        for (const auto& request : http.requests)
            most = std::max(most, count(request.body, ".Value."));
        return most;
    }
    std::size_t all_names_asked_for() const {
        std::size_t all = 0;
        for (const auto& request : http.requests)
            all += count(request.body, "acme-workers-");
        return all;
    }

    FakeClock clock;
    test::FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    Settings settings = read_settings(environment, "");
    CredentialsChain credentials{environment, settings, "", http, clock};
    Client client{{settings, http, clock, credentials}, "eu-west-1"};
};

class DiscoveryFilters : public DiscoveryTest, public testing::WithParamInterface<int> {};

TEST_P(DiscoveryFilters, NoCallHasMoreFilterValuesThanEc2Takes) {
    const auto all = names(GetParam());
    for (const auto states : {Ec2States::living, Ec2States::leaving}) {
        http.requests.clear();
        ASSERT_TRUE(describe_instances(client, all, states));
        EXPECT_LE(most_values_of_a_call(), most_filter_values);
        EXPECT_EQ(all_names_asked_for(), all.size());
    }
    for (const Duration span :
         {Duration{2h}, Duration{48h}, Duration{59 * 24h}, Duration{400 * 24h}}) {
        http.requests.clear();
        ASSERT_TRUE(describe_launched(client, all, clock.now() - span, clock.now()));
        EXPECT_LE(most_values_of_a_call(), most_filter_values) << span / 1h << " hours";
        EXPECT_EQ(all_names_asked_for(), all.size()) << span / 1h << " hours";
    }
}

INSTANTIATE_TEST_SUITE_P(AroundTheLimit, DiscoveryFilters,
                         testing::Values(1, 146, 195, 196, 200, 450));

// In hours while there are few, then in days: instances launched at either end are included.
TEST_F(DiscoveryTest, LaunchTimesAreFilteredByHourAndThenByDay) {
    const Instant now =
        Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 29}} + 7h + 30min;
    ASSERT_TRUE(describe_launched(client, {"e"}, now - 2h, now));
    EXPECT_THAT(http.requests.back().body, HasSubstr("2026-11-29T05%2A"));
    EXPECT_THAT(http.requests.back().body, HasSubstr("2026-11-29T07%2A"));
    ASSERT_TRUE(describe_launched(client, {"e"}, now - 72h, now));
    EXPECT_THAT(http.requests.back().body, HasSubstr("2026-11-26%2A"));
    EXPECT_THAT(http.requests.back().body, HasSubstr("2026-11-29%2A"));
}

// Only a missing token ends SSM's lists.
TEST_F(DiscoveryTest, ACommandIsFoundBehindAnEmptyPage) {
    http.answers = {
        test::FakeHttp::status(200, R"({"Commands":[],"NextToken":"t"})"),
        test::FakeHttp::status(200, R"({"Commands":[{"CommandId":"c","Status":"InProgress"}]})")};
    const auto found = get_command(client, {"c"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id.text, "c");
    http.answers = {test::FakeHttp::status(200, R"({"Commands":[]})")};
    EXPECT_EQ(get_command(client, {"c"}).error().kind, ErrorKind::not_found);
}

// Expired credentials do not show what this AWS can do.
TEST_F(DiscoveryTest, ExpiredCredentialsAreAnErrorAndNotAnUnavailableFleet) {
    const auto refused = test::FakeHttp::status(
        400, "<Response><Errors><Error><Code>RequestExpired</Code><Message>Request has expired."
             "</Message></Error></Errors></Response>");
    http.answers = {
        test::FakeHttp::status(
            200, "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments><member>"
                 "<EnvironmentName>acme-workers</EnvironmentName><Status>Ready</Status></member>"
                 "</Environments></DescribeEnvironmentsResult></DescribeEnvironmentsResponse>"),
        refused, refused, refused, refused};
    const auto fleet = fleet::discover(client, {"acme", "workers"});
    ASSERT_FALSE(fleet);
    EXPECT_EQ(fleet.error().code, "RequestExpired");
}

// EC2 does not answer: the list of SSM's agents shows who was launched, and nothing about known or
// lost ones.
TEST_F(DiscoveryTest, AnInstanceLaunchedDuringAnEc2OutageIsFoundByItsAgent) {
    AnsweringHttp answering([&](const HttpRequest& request) -> std::string {
        if (request.body.find("DescribeInstances") != std::string::npos)
            return "no answer of EC2's";
        if (request.body.find("DescribeEnvironments") != std::string::npos)
            return "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments/>"
                   "</DescribeEnvironmentsResult></DescribeEnvironmentsResponse>";
        return R"({"InstanceInformationList":[{"InstanceId":"i-1","PingStatus":"Online"},)"
               R"({"InstanceId":"i-2","PingStatus":"ConnectionLost"},{"InstanceId":"i-3","PingStatus":"Online"},)"
               R"({"InstanceId":"mi-4","PingStatus":"Online"}]})";
    });
    Client other({settings, answering, clock, credentials}, "eu-west-1");
    const auto changes =
        fleet::poll_changes(other, {"acme", "workers"},
                            {.environments = {"acme-workers"}, .agent_confirmed = {{"i-1"}}},
                            clock.now() - 1h, clock.now());
    ASSERT_TRUE(changes.launched);
    ASSERT_EQ(changes.launched->size(), 1U);
    EXPECT_EQ(changes.launched->front().id, InstanceId{"i-3"});
    EXPECT_EQ(changes.launched->front().environment, "acme-workers");
    EXPECT_EQ(changes.unavailable.size(), 2U); // launched instances, and those that terminate
}

// EC2 shows an instance of an environment that matches, and EB's list omits it: the list is read
// once more.
TEST_F(DiscoveryTest, AnEnvironmentThatOnlyEc2ShowsIsListedOnceMore) {
    const std::string instances =
        "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</"
        "instanceId>"
        "<instanceState><name>running</name></instanceState><tagSet><item>"
        "<key>elasticbeanstalk:environment-name</key><value>acme-workers</value></item></tagSet>"
        "</item></instancesSet></item></reservationSet></DescribeInstancesResponse>";
    int lists = 0;
    AnsweringHttp answering([&](const HttpRequest& request) -> std::string {
        if (request.body.find("DescribeEnvironments") == std::string::npos)
            return request.body.find("DescribeInstances") != std::string::npos
                       ? instances
                       : R"({"InstanceInformationList":[{"InstanceId":"i-1","PingStatus":"Online"}]})";
        const std::string member = "<member><EnvironmentName>acme-workers</EnvironmentName>"
                                   "<Status>Ready</Status></member>";
        return "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments>" +
               (++lists > 1 ? member : "") +
               "</Environments></DescribeEnvironmentsResult></DescribeEnvironmentsResponse>";
    });
    Client other({settings, answering, clock, credentials}, "eu-west-1");
    const auto fleet = fleet::discover(other, {"acme", "workers"});
    ASSERT_TRUE(fleet && fleet->instances);
    EXPECT_EQ(lists, 2);
    EXPECT_EQ(fleet->environments.size(), 1U);
    EXPECT_EQ(fleet->instances->size(), 1U);
}

// SSM refuses a filter by tag beside another filter, and EC2's terminated instances lose their
// tags.
TEST_F(DiscoveryTest, TheWatchListsLostAgentsAndTerminatedInstancesWithoutTags) {
    http.answers = {
        test::FakeHttp::status(
            200, "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments/>"
                 "</DescribeEnvironmentsResult></DescribeEnvironmentsResponse>"),
        test::FakeHttp::status(
            200, "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>"
                 "<instanceId>i-1</instanceId></item></instancesSet></item></reservationSet>"
                 "</DescribeInstancesResponse>"),
        test::FakeHttp::status(
            200, "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"),
        test::FakeHttp::status(
            200,
            R"({"InstanceInformationList":[{"InstanceId":"i-2","PingStatus":"ConnectionLost"}]})")};
    const auto changes =
        fleet::poll_changes(client, {"acme", "workers"}, {.environments = {"acme-workers"}},
                            clock.now() - 1h, clock.now());
    EXPECT_TRUE(changes.unavailable.empty());
    ASSERT_TRUE(changes.leaving && changes.silent);
    EXPECT_THAT(*changes.leaving, testing::ElementsAre(InstanceId{"i-1"}));
    EXPECT_THAT(*changes.silent, testing::ElementsAre(InstanceId{"i-2"}));
    EXPECT_THAT(http.requests[1].body, Not(HasSubstr("tag")));
    EXPECT_THAT(http.requests.back().body, HasSubstr("PingStatus"));
    EXPECT_THAT(http.requests.back().body, Not(HasSubstr("tag")));
}

} // namespace

} // namespace discovery_test
