// The whole program against the whole sandbox, in one process and in simulated time: argv in, exit code,
// lines and Slack out.
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_code.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/sandbox_http.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using snow_white::cli::ExitCode;
using testing::HasSubstr;
using testing::Not;

struct Ended {
    ExitCode code;
    std::string out;
    std::string err;
    int calls;
    std::string slack;
};

class WholeRun : public testing::Test {
protected:
    static std::string text_of(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    static std::string taken(std::FILE* file) {
        std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
        std::rewind(file);
        text.resize(std::fread(text.data(), 1, text.size(), file));
        std::fclose(file);
        return text;
    }

    // As the container would, but by the keys of `caller`.
    Ended run(const std::vector<sandbox::EnvironmentWish>& environments, snow_white::Duration drain,
              std::map<std::string, std::string> variables) {
        auto plan = sandbox::plan_fleet("acme", environments, clock.now());
        sandbox::simulate_hosts(plan, drain);
        sandbox::SandboxOptions options;
        options.template_text = text_of(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
        sandbox::Sandbox box(std::move(plan.world), clock, options);
        if (prepare) box.change_world(prepare);
        test::SandboxHttp http(box, clock);
        variables["AWS_ENDPOINT_URL"] = "http://sandbox.test";
        variables["AWS_ACCESS_KEY_ID"] = box.credential_of(caller).access_key;
        variables["AWS_SECRET_ACCESS_KEY"] = "not checked in process";
        variables["SLACK_WEBHOOK"] = "http://sandbox.test/services/T0SANDBOX/B0SANDBOX/secret";
        variables["NOTIFY_SLACK_CHANNEL"] = "#ops";
        const snow_white::aws::Environment environment(variables);
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        snow_white::cli::Outside outside{environment, http, clock, out, err};
        const ExitCode code = snow_white::cli::run({}, outside);
        const std::string inbox = box.handle({.method = "GET", .path = "/_sandbox/slack"}).body;
        return {code, taken(out), taken(err), http.calls, inbox};
    }

    static std::map<std::string, std::string> asked(const std::string& action,
                                                    const std::string& pattern = "workers") {
        return {{"WORKER_ACTION", action},
                {"EB_APP_NAME", "acme"},
                {"EB_ENV_NAME_PATTERN_STRING", pattern},
                {"AWS_REGION", "us-east-1"}};
    }

    FakeClock clock;
    std::function<void(sandbox::World&)> prepare;
    std::string caller = "alice"; // who has what the template grants
};

TEST_F(WholeRun, AQuietOfSixHours) {
    const auto start = clock.now();
    const Ended quiet =
        run({{"acme-workers", 60}, {"acme-web", 1, sandbox::Layout::web}}, 6h, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::done) << quiet.out << quiet.err;
    EXPECT_THAT(quiet.out, HasSubstr("QUIET: all 60 workers on 60 instances are quiet and idle (after 6 h"));
    EXPECT_THAT(quiet.slack, HasSubstr("QUIET: all 60 workers"));
    EXPECT_GE(clock.now() - start, 6h);
}

TEST_F(WholeRun, CallsWhileWaitingDoNotDependOnTheNumberOfInstances) {
    const Ended few = run({{"acme-workers", 5}}, 1h, asked("quiet"));
    const Ended many = run({{"acme-workers", 1000}}, 1h, asked("quiet"));
    ASSERT_EQ(few.code, ExitCode::done) << few.out;
    ASSERT_EQ(many.code, ExitCode::done) << many.out;
    const int pages = 1000 / 50;
    EXPECT_LE(many.calls - few.calls,
              4 * pages); // agents twice, results twice: pages of fifty, and no more polls
}

TEST_F(WholeRun, EachActionEnds) {
    EXPECT_THAT(run({{"acme-workers", 2}}, 30s, asked("stop")).out,
                HasSubstr("STOPPED: all 2 services on 2 instances are stopped"));
    EXPECT_THAT(run({{"acme-workers", 2}}, 30s, asked("wake")).out,
                HasSubstr("AWAKE: all 2 workers on 2 instances are awake"));
}

TEST_F(WholeRun, SevenEnvironmentsAreOneDrain) {
    std::vector<sandbox::EnvironmentWish> environments;
    for (int i = 0; i < 7; ++i)
        environments.push_back({"acme-workers-" + std::to_string(i), 30});
    const Ended quiet = run(environments, 2min, asked("quiet"));
    EXPECT_THAT(quiet.out, HasSubstr("all 210 workers on 210 instances"));
}

TEST_F(WholeRun, ThePatternKeepsItsCase) {
    EXPECT_EQ(run({{"acme-Workers", 1}}, 1s, asked("quiet", "Workers")).code, ExitCode::done);
    const Ended other = run({{"acme-Workers", 1}}, 1s, asked("quiet", "WORKERS"));
    EXPECT_EQ(other.code, ExitCode::nothing_matched);
    EXPECT_THAT(other.slack, HasSubstr("nothing was sent"));
}

TEST_F(WholeRun, AnUnknownStackIsToldInSlackAndNothingIsSent) {
    caller = "administrator"; // to others, what is not this stack's is forbidden rather than missing
    auto variables = asked("quiet");
    variables["CFN_STACK_NAME"] = "no-such-stack";
    const Ended quiet = run({{"acme-workers", 1}}, 1s, variables);
    EXPECT_EQ(quiet.code, ExitCode::refused);
    EXPECT_THAT(quiet.slack, HasSubstr("no-such-stack"));
}

TEST_F(WholeRun, AMissingVariableIsToldInSlack) {
    auto variables = asked("quiet");
    variables.erase("EB_APP_NAME");
    const Ended quiet = run({{"acme-workers", 1}}, 1s, variables);
    EXPECT_EQ(quiet.code, ExitCode::usage);
    EXPECT_THAT(quiet.slack, HasSubstr("EB_APP_NAME is not set"));
}

TEST_F(WholeRun, AnEnvironmentWithoutWorkersIsNotQuiet) {
    const Ended quiet =
        run({{"acme-workers", 2}, {"acme-workers-web", 1, sandbox::Layout::web}}, 30s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial);
    EXPECT_THAT(quiet.out, HasSubstr("(acme-workers-web): no Sidekiq worker found"));
}

TEST_F(WholeRun, AnInstanceWithoutAgentIsNamedAndTheOthersAreQuieted) {
    prepare = [](sandbox::World& world) { world.instances[1].agent = sandbox::AgentState::absent; };
    const Ended quiet = run({{"acme-workers", 10}}, 30s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial);
    EXPECT_THAT(quiet.out, HasSubstr("1 of 10 instances is NOT quiet and idle"));
    EXPECT_THAT(quiet.out, HasSubstr("unreachable: no SSM agent is registered for it"));
}

TEST_F(WholeRun, TheWebhookIsNowhereInWhatIsPrinted) {
    const Ended quiet = run({{"acme-workers", 1}}, 1s, asked("quiet"));
    EXPECT_THAT(quiet.out + quiet.err, Not(HasSubstr("B0SANDBOX")));
}

} // namespace
