// A stop at a terminal with --here: the question comes before anything is sent, also where AWS does
// not answer at first.
#include "tests/unit/operator_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stop_question_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using testing::HasSubstr;

class StopHere : public testing::Test {
protected:
    StopHere() {
        run.open({{"acme-workers", 2}});
        run.ask = [this](const std::string&) {
            ++asked;
            return snow_white::aws::Result<std::string>("n");
        };
    }

    void expect_question_with(const std::string& fault) {
        if (!fault.empty()) run.box->set_faults({sandbox::parse_fault(fault)});
        const auto ended = run.run("stop", "workers", {"--here"});
        EXPECT_EQ(asked, 1) << ended.out << ended.err;
        EXPECT_EQ(ended.code, ExitCode::cancelled);
        EXPECT_LE(run.calls("ssm", "SendCommand"), 1); // the read-only status
    }

    test::OperatorRun run;
    int asked = 0;
};

TEST_F(StopHere, Asks) {
    expect_question_with("");
}

TEST_F(StopHere, AsksThoughTheFleetCannotBeListedAtFirst) {
    expect_question_with("ec2:DescribeInstances=unavailable,first=5");
}

TEST_F(StopHere, AsksThoughTheDocumentsCannotBeFoundAtFirst) {
    expect_question_with("cloudformation:DescribeStackResource=unavailable,first=5");
}

TEST_F(StopHere, AsksNothingWhereTheRunCannotBegin) {
    const auto ended = run.run("stop", "no-such-name", {"--here"});
    EXPECT_EQ(asked, 0);
    EXPECT_NE(ended.code, ExitCode::done);
}

TEST_F(StopHere, AStartThatFailsSaysHowLongItTried) {
    run.ask = {};
    run.box->set_faults(
        {sandbox::parse_fault("cloudformation:DescribeStackResource=unavailable,first=5000")});
    const auto ended = run.run("quiet", "workers", {"--here"});
    EXPECT_EQ(ended.code, ExitCode::unavailable);
    EXPECT_THAT(ended.out + ended.err, testing::Not(HasSubstr("(after 0 s)")));
    EXPECT_THAT(ended.out + ended.err, HasSubstr("(after "));
}

} // namespace

} // namespace stop_question_test
