#include "tests/simulation/random_faults.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace simulation {

namespace {

using Names = std::vector<std::string>;

// Faults that pass, and the calls that they hit. `absent` and `empty` hit only calls about
// commands: nobody could detect an AWS that shows nothing of a fleet that exists, but the run knows
// which commands exist.
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

std::string when(Random& random) {
    switch (random.between(1, 6)) {
    case 1:
        return fmt::format(",first={}", random.between(1, 8));
    case 2:
        return fmt::format(",p=0.{},seed={}", random.between(1, 8), random.between(1, 1'000'000));
    case 3:
        return fmt::format(",every={}", random.between(2, 9));
    case 4:
        return fmt::format(",from={}s,first={}", random.between(1, 600), random.between(1, 30));
    default:
        const auto from = random.between(0, 900);
        return fmt::format(",from={}s,until={}s", from,
                           from + random.pick(std::vector<std::int64_t>{5, 60, 600, 5400}));
    }
}

} // namespace

std::string random_fault(Random& random) {
    if (random.one_in(12)) // a command that SSM does not show
        return fmt::format("ssm:{}={}{}",
                           random.one_in(2) ? "ListCommands" : "ListCommandInvocations",
                           random.one_in(2) ? "absent" : "empty", when(random));
    if (random.one_in(15)) // permissions that are taken away and given back
        return fmt::format("aws:*=denied,from={}s,until={}s", random.between(5, 600),
                           random.between(601, 700));
    const std::string call = random.pick(calls_that_fail);
    std::string kind = random.pick(passing);
    const bool slack = call == "slack:*" || call == "*:*";
    if (slack && (kind == "clock-skew" || kind == "expired-token")) kind = "unavailable";
    return call + "=" + kind + when(random);
}

const std::string& template_text() {
    static const std::string text = [] {
        std::ifstream file(SNOW_WHITE_SOURCE "/cfn/snow-white-cfn.yml");
        return std::string(std::istreambuf_iterator<char>(file), {});
    }();
    return text;
}

} // namespace simulation
