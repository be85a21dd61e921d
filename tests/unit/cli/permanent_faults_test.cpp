// Faults without an end: every call of a monitor with every kind of fault, from the start on or
// from the middle of the drain on. The run ends in time, with a documented exit code and one clear
// report on the terminal and in Slack, sends no second action command, and never reports done when
// workers are not.
#include "sandbox/faults/fault.hpp"
#include "tests/unit/whole_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace permanent_faults_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using test::Ended;

constexpr auto start = 0min;
constexpr auto in_mid_drain = 2min; // of four minutes
// in each of which a run sends the command to the instances that are not as asked
constexpr int rounds = 5;

struct PermanentFault {
    const char* call;
    snow_white::Duration from;
};

std::ostream& operator<<(std::ostream& out, const PermanentFault& lasting) {
    return out << lasting.call << (lasting.from == start ? " from the start" : " in mid-drain");
}

class PermanentFaults : public testing::TestWithParam<PermanentFault>, protected test::Run {
protected:
    Ended run_with_fault(const std::string& fault) {
        events[GetParam().from] = [fault](sandbox::Sandbox& box) {
            box.set_faults({sandbox::parse_fault(fault)});
        };
        auto variables = asked("quiet");
        variables["SNOW_WHITE_TIMEOUT"] = "30m";
        return run({{"acme-workers", 2}}, 4min, variables);
    }

    static bool ends_with_a_verdict(const std::string& text) {
        return text.find("NOT QUIET: ") != std::string::npos ||
               text.find("QUIET: all 2 workers") != std::string::npos;
    }
};

TEST_P(PermanentFaults, EndInTimeWithADocumentedExitCode) {
    const std::string call = GetParam().call;
    for (const char* const kind : {"throttled",
                                   "throttled-429",
                                   "server-error",
                                   "server-error-empty",
                                   "server-error-after",
                                   "unavailable",
                                   "no-connection",
                                   "reset-before",
                                   "reset-after",
                                   "timeout-before",
                                   "timeout-after",
                                   "truncated",
                                   "malformed",
                                   "wrong-shape",
                                   "clock-skew",
                                   "expired-token",
                                   "denied",
                                   "absent",
                                   "slow,for=3s",
                                   "slow,for=30s"}) {
        const std::string fault = fmt::format("{}={}", call, kind);
        const auto begun = clock.now();
        const Ended end = run_with_fault(fault);
        const std::string all = fault + ": " + end.states + "\n" + end.out + end.err + end.slack;
        EXPECT_LE(clock.now() - begun, 45min) << all;
        EXPECT_LE(static_cast<int>(end.code), static_cast<int>(ExitCode::unavailable)) << all;
        EXPECT_NE(end.code, ExitCode::usage) << all;
        EXPECT_TRUE(ends_with_a_verdict(end.out)) << all;
        EXPECT_TRUE(ends_with_a_verdict(end.slack)) << all;
        // SSM knows the command but not its results, and no longer lists it as in flight: the run
        // cannot know what became of it, and sends the command again to each instance.
        const bool forgotten = fault == "ssm:ListCommandInvocations=absent";
        EXPECT_LE(quiets(end), forgotten ? rounds : 1) << all;
        EXPECT_TRUE(end.code != ExitCode::done || end.states == "idle idle") << all;
    }
}

INSTANTIATE_TEST_SUITE_P(EachCall, PermanentFaults, testing::ValuesIn([] {
                             std::vector<PermanentFault> all;
                             for (const char* const call :
                                  {"sts:GetCallerIdentity", "iam:ListUserTags",
                                   "cloudformation:DescribeStackResource",
                                   "elasticbeanstalk:DescribeEnvironments", "ec2:DescribeInstances",
                                   "ssm:DescribeInstanceInformation", "ssm:ListCommands",
                                   "ssm:SendCommand", "ssm:ListCommandInvocations", "ssm:*",
                                   "aws:*"})
                                 for (const auto from : {start, in_mid_drain})
                                     all.push_back({call, from});
                             return all;
                         }()));

} // namespace

} // namespace permanent_faults_test
