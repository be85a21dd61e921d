// One run for two regions, as in the container: the whole program against the whole sandbox, in
// simulated time.
#include "sandbox/faults/fault.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace several_regions_test {

namespace {

using namespace std::chrono_literals;
using test::Ended;
using test::ExitCode;
using testing::HasSubstr;
using testing::Not;

class SeveralRegions : public testing::Test {
protected:
    Ended quiet(snow_white::Duration drain = 5min,
                const std::string& regions = "us-east-1,eu-west-1") {
        auto variables = test::Run::asked("quiet");
        variables["AWS_REGION"] = regions;
        return run.run(
            {{"acme-workers", 2}, {.name = "acme-" + elsewhere, .count = 3, .region = "eu-west-1"}},
            drain, variables);
    }

    void fault(const std::string& rule) {
        run.events[0s] = [rule](sandbox::Sandbox& box) {
            box.set_faults({sandbox::parse_fault(rule)});
        };
    }

    test::Run run;
    std::string elsewhere = "workers"; // the environment's name in eu-west-1
};

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

TEST_F(SeveralRegions, AreOneRunWithOneReport) {
    const Ended ended = quiet();
    EXPECT_EQ(ended.code, ExitCode::done) << ended.out << ended.err;
    EXPECT_EQ(quiets(ended), 2);
    EXPECT_THAT(ended.out,
                HasSubstr("us-east-1/acme-workers, eu-west-1/acme-workers; 5 instances"));
    EXPECT_THAT(ended.out, HasSubstr("QUIET: all 5 workers on 5 instances are quiet and idle"));
    EXPECT_THAT(ended.out, HasSubstr("-r us-east-1,eu-west-1"));
    EXPECT_EQ(count(ended.out, "(after "), 1U);
    EXPECT_EQ(count(ended.slack, "safe to go on"), 1U);
    EXPECT_THAT(ended.slack, HasSubstr("eu-west-1/acme-workers"));
}

TEST_F(SeveralRegions, WhenNothingMatchesInOneNothingIsSentInAny) {
    elsewhere = "web"; // the stack exists there, and no workers
    const Ended ended = quiet();
    EXPECT_EQ(ended.code, ExitCode::nothing_matched) << ended.out;
    EXPECT_THAT(ended.sent, testing::IsEmpty());
    EXPECT_THAT(
        ended.out,
        HasSubstr("NOT QUIET: eu-west-1: acme has no environment with \"workers\" in the name "
                  "(there: acme-web); check -e; nothing was sent"));
    EXPECT_EQ(count(ended.slack, "nothing matches"), 1U);
}

TEST_F(SeveralRegions, WhenTheStackIsMissingInOneNothingIsSentInAny) {
    const Ended ended = quiet(5min, "us-east-1,ap-south-1");
    EXPECT_EQ(ended.code, ExitCode::refused) << ended.out;
    EXPECT_THAT(ended.sent, testing::IsEmpty());
    EXPECT_THAT(ended.out, HasSubstr("stack snow-white is not deployed in ap-south-1"));
}

TEST_F(SeveralRegions, AnOutageOfOneAtTheStartSendsNothingInAny) {
    fault("aws@eu-west-1:*=unavailable");
    const Ended ended = quiet();
    EXPECT_EQ(ended.code, ExitCode::unavailable) << ended.out;
    EXPECT_THAT(ended.sent, testing::IsEmpty());
    EXPECT_THAT(ended.out, HasSubstr("AWS does not answer: eu-west-1: "));
}

TEST_F(SeveralRegions, AnOutageOfOneDuringTheDrainIsRetriedAndNamesTheRegion) {
    fault("aws@eu-west-1:*=unavailable,from=60s,until=30m");
    const Ended ended = quiet();
    EXPECT_EQ(ended.code, ExitCode::done) << ended.out;
    EXPECT_EQ(quiets(ended), 2);
    EXPECT_THAT(ended.out, HasSubstr("eu-west-1: AWS has not answered for"));
    EXPECT_THAT(ended.out, HasSubstr("eu-west-1: AWS answers again"));
}

TEST_F(SeveralRegions, MissingPermissionsInOneEndItThereAndTheOtherGoesOn) {
    fault("ssm@eu-west-1:SendCommand=denied");
    const Ended ended = quiet();
    EXPECT_EQ(ended.code, ExitCode::denied) << ended.out;
    EXPECT_EQ(quiets(ended), 1);
    EXPECT_THAT(ended.out, HasSubstr("eu-west-1: ssm SendCommand"));
    EXPECT_THAT(ended.out, Not(HasSubstr("NOT SAFE")));
    EXPECT_THAT(ended.slack, HasSubstr("not known to be safe"));
}

} // namespace

} // namespace several_regions_test
