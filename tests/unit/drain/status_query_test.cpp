// The question of -a status, and of a stop before it asks: who is waited for.
#include "src/base/json.hpp"
#include "src/drain/run/status_query.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fixed_credentials.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace status_query_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;

// SSM for one command: i-1 answers at once, i-2 after 3 s.
class SlowSsm : public Http {
public:
    explicit SlowSsm(FakeClock& clock) : clock_(clock) {}

    HttpResult send(const HttpRequest& request) override {
        const auto target = std::ranges::find(request.headers, "X-Amz-Target",
                                              &std::pair<std::string, std::string>::first);
        const std::string action = target == request.headers.end() ? "" : target->second;
        if (action == "AmazonSSM.SendCommand") return ok({{"Command", {{"CommandId", "c"}}}});
        const bool ended = clock_.elapsed() >= 3s;
        if (action == "AmazonSSM.ListCommands")
            return ok({{"Commands",
                        {{{"CommandId", "c"},
                          {"DocumentName", "Doc-status"},
                          {"Status", ended ? "Success" : "InProgress"},
                          {"TargetCount", targeted},
                          {"CompletedCount", ended ? targeted : 1}}}}});
        ++readings;
        if (denies)
            return HttpResponse{.status = 400, .body = R"({"__type":"AccessDeniedException"})"};
        return ok({{"CommandInvocations", {invocation("i-1", true), invocation("i-2", ended)}}});
    }

    int targeted = 2;
    bool denies = false; // the results
    int readings = 0;

private:
    static Json invocation(const std::string& id, bool ended) {
        return {{"InstanceId", id},
                {"CommandId", "c"},
                {"Status", ended ? "Success" : "InProgress"},
                {"StatusDetails", ended ? "Success" : "InProgress"}};
    }
    static HttpResult ok(const Json& body) {
        return HttpResponse{.status = 200, .body = body.dump()};
    }

    FakeClock& clock_;
};

class AskWorkers : public testing::Test {
protected:
    static fleet::Instance instance(const std::string& id, fleet::Ec2State state,
                                    fleet::Agent agent) {
        return {.id = {id}, .environment = "acme-workers", .ec2_state = state, .agent = agent};
    }

    auto ask() {
        test::FixedCredentials keys;
        const aws::Settings settings;
        aws::Client client({settings, ssm, clock, keys}, "eu-west-1");
        drain::RegionJob job;
        job.status_document = "Doc-status";
        return drain::ask_workers(client, clock, job, fleet);
    }

    void expect_both_answers() {
        const auto results = ask();
        ASSERT_TRUE(results);
        for (const auto& one : *results)
            EXPECT_NE(one.end, drain::InvocationEnd::pending) << one.id.text;
        EXPECT_LT(clock.elapsed(), 10s);
        EXPECT_LE(ssm.readings, 3);
    }

    FakeClock clock;
    SlowSsm ssm{clock};
    fleet::FleetSnapshot fleet{
        .environments = {{"acme-workers", "Ready"}},
        .instances = std::vector{instance("i-1", fleet::Ec2State::running, fleet::Agent::online),
                                 instance("i-2", fleet::Ec2State::running, fleet::Agent::online)}};
};

// SSM does not count it as a target.
TEST_F(AskWorkers, AnInstanceThatIsLeavingDoesNotCutOffASlowOne) {
    fleet.instances->push_back(instance("i-3", fleet::Ec2State::terminating, fleet::Agent::absent));
    expect_both_answers();
}

TEST_F(AskWorkers, ACountThatStillGrowsDoesNotEndTheWait) {
    ssm.targeted = 1;
    expect_both_answers();
}

TEST_F(AskWorkers, ADenialEndsTheWait) {
    ssm.denies = true;
    EXPECT_FALSE(ask());
    EXPECT_LT(clock.elapsed(), 10s);
}

} // namespace

} // namespace status_query_test
