#include "tests/simulation/faults_of_chance.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace simulation {

namespace {

using Names = std::vector<std::string>;

// What passes, and what it strikes. An AWS that says "there is nothing" of a fleet that exists
// lies, and nobody could tell; of a command that is new or old it is known to, so `absent` and
// `empty` are for those.
const Names passing{"throttled",          "throttled-429",  "server-error",  "server-error-empty",
                    "server-error-after", "unavailable",    "no-connection", "reset-before",
                    "reset-after",        "timeout-before", "timeout-after", "truncated",
                    "malformed",          "wrong-shape",    "slow,for=5s",   "clock-skew",
                    "expired-token"};
const Names calls_that_fail{"ssm:SendCommand",
                            "ssm:SendCommand",
                            "ssm:ListCommands",
                            "ssm:ListCommandInvocations",
                            "ssm:DescribeInstanceInformation",
                            "ec2:DescribeInstances",
                            "elasticbeanstalk:DescribeEnvironments",
                            "cloudformation:DescribeStackResource",
                            "sts:GetCallerIdentity",
                            "iam:ListUserTags",
                            "ssm:*",
                            "aws:*",
                            "*:*",
                            "slack:*"};

std::string when(Chance& chance) {
    switch (chance.between(1, 6)) {
    case 1:
        return fmt::format(",first={}", chance.between(1, 8));
    case 2:
        return fmt::format(",p=0.{},seed={}", chance.between(1, 8), chance.between(1, 1'000'000));
    case 3:
        return fmt::format(",every={}", chance.between(2, 9));
    case 4:
        return fmt::format(",from={}s,first={}", chance.between(1, 600), chance.between(1, 30));
    default:
        const auto from = chance.between(0, 900);
        return fmt::format(",from={}s,until={}s", from,
                           from + chance.among(std::vector<std::int64_t>{5, 60, 600, 5400}));
    }
}

} // namespace

std::string fault_of_chance(Chance& chance) {
    if (chance.one_in(12)) // a command that SSM does not show
        return fmt::format("ssm:{}={}{}",
                           chance.one_in(2) ? "ListCommands" : "ListCommandInvocations",
                           chance.one_in(2) ? "absent" : "empty", when(chance));
    if (chance.one_in(15)) // rights that are taken and given back
        return fmt::format("aws:*=denied,from={}s,until={}s", chance.between(5, 600),
                           chance.between(601, 700));
    const std::string call = chance.among(calls_that_fail);
    std::string kind = chance.among(passing);
    const bool slack = call == "slack:*" || call == "*:*";
    if (slack && (kind == "clock-skew" || kind == "expired-token")) kind = "unavailable";
    return call + "=" + kind + when(chance);
}

const std::string& template_text() {
    static const std::string text = [] {
        std::ifstream file(SNOW_WHITE_SOURCE "/cfn/snow-white-cfn.yml");
        return std::string(std::istreambuf_iterator<char>(file), {});
    }();
    return text;
}

} // namespace simulation
