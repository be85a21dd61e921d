// -a status: what each answer becomes in the table, in the summary and in the exit code; what it
// costs.
#include "src/report/text/status_table.hpp"

#include "src/cli/input/command_line.hpp"
#include "src/drain/run/answers_of_aws.hpp"
#include "tests/unit/temporary_files.hpp"
#include "tests/unit/whole_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace status_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using drain::InvocationEnd;
using fleet::Agent;
using fleet::Ec2State;
using report::InstanceStatus;
using report::statuses_of;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

fleet::Instance instance(const std::string& id, Agent agent = Agent::online,
                         Ec2State ec2_state = Ec2State::running) {
    return {.id = {id},
            .environment = "acme-workers",
            .zone = "us-east-1a",
            .ec2_state = ec2_state,
            .agent = agent};
}

drain::InvocationResult answer(const std::string& id, const std::string& workers,
                               const std::string& more = "") {
    return drain::make_invocation_result(
        {id}, InvocationEnd::succeeded, "Success",
        fmt::format(R"({{"snow_white":1,"action":"status","outcome":"done","note":"",)"
                    R"("workers":[{}]{}}})",
                    workers, more));
}

std::string worker(int pid, const std::string& state, int busy, const std::string& more = "") {
    return fmt::format(
        R"({{"pid":{},"unit":"sidekiq.service","version":"7.3.0","busy":{},"of":10,"state":"{}"{}}})",
        pid, busy, state, more);
}

std::vector<InstanceStatus> status_of(const fleet::Instance& one,
                                      const std::vector<drain::InvocationResult>& answers) {
    return statuses_of({.environments = {}, .instances = std::vector{one}}, answers);
}

std::vector<std::string> table_of(const std::vector<InstanceStatus>& statuses) {
    return report::status_table(report::status_rows(statuses));
}

// The last column of the only instance's row.
std::string state_of(const fleet::Instance& one,
                     const std::vector<drain::InvocationResult>& answers = {}) {
    const std::string row = table_of(status_of(one, answers)).at(1);
    const auto dash = row.rfind("-  ");
    return dash == std::string::npos ? row : row.substr(row.find_first_not_of(' ', dash + 1));
}

TEST(StatusTable, ALineForEachWorker) {
    const fleet::FleetSnapshot fleet{.environments = {},
                                     .instances = std::vector{instance("i-2"), instance("i-1")}};
    const auto statuses =
        statuses_of(fleet, {answer("i-1", worker(812, "running", 3, R"(,"since":1764252000)") +
                                              "," + worker(813, "idle", 0)),
                            answer("i-2", worker(0, "stopped", 0, R"(,"since":1764255661)"))});
    EXPECT_THAT(
        table_of(statuses),
        ElementsAre("ENVIRONMENT   INSTANCE             ZONE        AGENT    WORKER                "
                    "   VERSION  BUSY   STATE      SINCE",
                    "acme-workers  i-1                  us-east-1a  online   sidekiq.service 812   "
                    "   7.3.0    3/10   running    2025-11-27T14:00:00Z",
                    "acme-workers  i-1                  us-east-1a  online   sidekiq.service 813   "
                    "   7.3.0    0/10   idle       -",
                    "acme-workers  i-2                  us-east-1a  online   sidekiq.service       "
                    "   7.3.0    0/10   stopped    2025-11-27T15:01:01Z"));
    EXPECT_EQ(report::status_sentence(statuses),
              "3 workers on 2 instances: 1 running, 1 idle, 1 stopped; 3 jobs running");
    EXPECT_TRUE(std::ranges::all_of(statuses, report::is_known));
}

// The reason for an unknown state ends its row, however long it is, and widens no column.
TEST(StatusTable, AReasonWidensNoColumn) {
    const fleet::FleetSnapshot fleet{.environments = {},
                                     .instances = std::vector{instance("i-1"), instance("i-2")}};
    const auto table = table_of(statuses_of(fleet, {answer("i-2", worker(812, "idle", 0))}));
    EXPECT_THAT(table.at(0), EndsWith("  STATE      SINCE"));
    EXPECT_THAT(table.at(1), EndsWith("unknown: SSM did not reach it"));
    EXPECT_THAT(table.at(2), EndsWith("  idle       -"));
}

TEST(StatusTable, AnInstanceWithoutAnswerIsUnknownWithTheReason) {
    EXPECT_EQ(state_of(instance("i-1", Agent::lost)), "unknown: its SSM agent does not answer");
    EXPECT_EQ(state_of(instance("i-1", Agent::absent)), "unknown: no SSM agent is registered");
    EXPECT_EQ(state_of(instance("i-1")), "unknown: SSM did not reach it");
    EXPECT_EQ(state_of(instance("i-1"), {drain::make_invocation_result(
                                            {"i-1"}, InvocationEnd::pending, "InProgress", "")}),
              "unknown: no answer yet");
    EXPECT_EQ(
        state_of(instance("i-1"), {drain::make_invocation_result({"i-1"}, InvocationEnd::failed,
                                                                 "Failed", "no such file")}),
        "unknown: no such file");
    EXPECT_EQ(state_of(instance("i-1"), {drain::make_invocation_result(
                                            {"i-1"}, InvocationEnd::failed, "Failed", "")}),
              "unknown: no answer of the script (Failed)");
    EXPECT_FALSE(report::is_known(status_of(instance("i-1"), {}).at(0)));
    EXPECT_THAT(report::status_sentence(status_of(instance("i-1"), {})),
                EndsWith("0 jobs running; unknown: 1 instance"));
}

TEST(StatusTable, AnInstanceWithoutWorkersIsKnown) {
    const auto off = instance("i-1", Agent::lost, Ec2State::stopped);
    EXPECT_EQ(state_of(off), "stopped in EC2 or leaving");
    EXPECT_TRUE(report::is_known(status_of(off, {}).at(0)));
    const auto without = answer("i-1", "");
    EXPECT_EQ(state_of(instance("i-1"), {without}), "no Sidekiq worker found");
    EXPECT_TRUE(report::is_known(status_of(instance("i-1"), {without}).at(0)));
}

// Workers that did not fit into the line are counted by state where the line has the counts;
// otherwise their states are unknown.
TEST(StatusTable, WorkersThatDidNotFit) {
    const auto reported =
        status_of(instance("i-1"), {answer("i-1", worker(1, "running", 1),
                                           R"(,"more":2,"rest":{"idle":{"workers":2,"busy":0}})")});
    EXPECT_TRUE(report::is_known(reported.at(0)));
    EXPECT_THAT(report::status_sentence(reported),
                StartsWith("3 workers on 1 instance: 1 running, 2 idle"));
    const auto omitted_workers =
        status_of(instance("i-1"), {answer("i-1", worker(1, "running", 1), R"(,"more":2)")});
    EXPECT_FALSE(report::is_known(omitted_workers.at(0)));
    // The heading, the row of the unknown ones, and the worker.
    EXPECT_THAT(table_of(omitted_workers), SizeIs(3));
    EXPECT_THAT(table_of(omitted_workers).at(1), EndsWith("unknown: 2 more workers did not fit"));
}

TEST(StatusTable, AScriptThatStillRunsIsShown) {
    const std::string quiet = R"(,"host":"ip-10-0-0-7","scripts":[{"action":"quiet","pid":77}])";
    const auto statuses = statuses_of(
        {.environments = {},
         .instances = std::vector{instance("i-1"), instance("i-2"), instance("i-3")}},
        {answer("i-1", worker(1, "quiet", 1), quiet), answer("i-2", worker(1, "quiet", 1), quiet),
         answer("i-3", worker(1, "idle", 0))});
    EXPECT_THAT(report::status_sentence(statuses),
                EndsWith("2 jobs running; a quiet still runs on 2 instances"));
    const auto event = report::status_event(statuses.at(0));
    EXPECT_EQ(event.fields.at("host"), "ip-10-0-0-7");
    EXPECT_EQ(event.fields.at("scripts").dump(), R"([{"action":"quiet","pid":77}])");
    EXPECT_TRUE(report::status_event(statuses.at(2)).fields.at("host").is_null());
}

TEST(StatusTable, AnUnlistedInstanceThatAnsweredIsShown) {
    const auto statuses = status_of(instance("i-1"), {answer("i-9", worker(1, "idle", 0))});
    ASSERT_THAT(statuses, SizeIs(2));
    EXPECT_EQ(statuses[0].instance.id.text, "i-9"); // its environment is unknown
    EXPECT_THAT(table_of(statuses).at(2), StartsWith("-             i-9 "));
}

TEST(StatusTable, TextFromOutsideCannotControlTheTerminal) {
    const auto rows = table_of(status_of(
        instance("i-1"),
        {drain::make_invocation_result({"i-1"}, InvocationEnd::failed, "Failed", "a\x1b[2Jb")}));
    EXPECT_EQ(rows.at(1).find('\x1b'), std::string::npos);
}

TEST(StatusEvent, HasTheSameContentAsTheTable) {
    const auto event = report::status_event(
        status_of(instance("i-1"), {answer("i-1", worker(812, "quiet", 2))}).at(0));
    EXPECT_EQ(event.name, "status");
    EXPECT_EQ(event.fields.at("zone"), "us-east-1a");
    EXPECT_EQ(event.fields.at("agent"), "online");
    EXPECT_EQ(event.fields.at("told"), true);
    EXPECT_EQ(event.fields.at("workers")[0].at("busy"), 2);
}

// --- the command

class StatusCommand : public testing::Test {
protected:
    using ExitCode = report::ExitCode;

    struct Done {
        ExitCode code;
        std::string out;
        std::string err;
        std::size_t calls;
    };

    // Every call, of whatever protocol, from the sandbox's journal.
    Done status(std::size_t instances, std::vector<std::string> more = {}) {
        auto plan = sandbox::plan_fleet("acme", {{"acme-workers", instances}}, clock.now());
        sandbox::simulate_hosts(plan, 1h);
        sandbox::SandboxOptions options;
        options.template_text =
            test::Run::text_of(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
        sandbox::Sandbox box(std::move(plan.state), clock, options);
        test::SandboxHttp http(box, clock);
        const Environment environment = files.environment(
            "[profile staging]\n",
            fmt::format("[staging]\naws_access_key_id = {}\naws_secret_access_key = x\n",
                        box.credential_of("alice").access_key),
            {{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"}});
        std::vector<std::string> arguments{"-a",      "status", "-e",   "workers", "-f",
                                           "staging", "-p",     "acme", "-r",      "us-east-1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Context outside{environment, http, clock, out, err};
        const ExitCode code = cli::run(arguments, outside);
        const auto requests =
            sandbox::Json::parse(box.handle({.method = "GET", .path = "/_sandbox/requests"}).body);
        return {code, test::read_and_close(out), test::read_and_close(err), requests.size()};
    }

    FakeClock clock;
    test::TemporaryFiles files;
};

// docs/operations.md has these numbers.
TEST_F(StatusCommand, CostsSevenCallsAndTwoMoreForEachFiftyInstances) {
    EXPECT_EQ(status(3).calls, 7U);
    EXPECT_EQ(status(50).calls, 7U);
    EXPECT_EQ(status(120).calls, 7U + 2 * 2);
}

TEST_F(StatusCommand, WatchRepeatsUntilItIsInterrupted) {
    const auto begun = clock.now();
    clock.interrupt_at(begun + 150s);
    const auto done = status(1, {"--watch", "60s"});
    EXPECT_EQ(done.code, ExitCode::interrupted);
    std::size_t tables = 0;
    for (auto at = done.out.find("ENVIRONMENT"); at != std::string::npos;
         at = done.out.find("ENVIRONMENT", at + 1))
        ++tables;
    EXPECT_EQ(tables, 3U);
    EXPECT_EQ(done.calls, 3 * 7U);
    EXPECT_THAT(done.out, StartsWith("2026-11-24T00:00:0")); // each table has its time above it
    EXPECT_EQ(done.err, "");
}

// In a pipe a line below each table but the first says what changed; with --json nothing does.
TEST_F(StatusCommand, WatchSaysWhatChanged) {
    const auto begun = clock.now();
    clock.interrupt_at(begun + 150s);
    const auto done = status(1, {"--watch", "60s"});
    EXPECT_THAT(done.out, HasSubstr("running\nsince 00:00:0"));
    EXPECT_THAT(done.out, EndsWith(": no change\n"));
    clock.interrupt_at(clock.now() + 150s);
    EXPECT_EQ(status(1, {"--watch", "60s", "--json"}).out.find("no change"), std::string::npos);
}

TEST_F(StatusCommand, WatchEndsWhenNothingMatches) {
    const auto done =
        status(1, {"-e", "nosuch", "--match", "exact", "--watch", "60s", "--exclude", "workers"});
    EXPECT_EQ(done.code, ExitCode::nothing_matched);
    EXPECT_THAT(done.err, HasSubstr("nosuch"));
}

TEST_F(StatusCommand, IncompatibleFlagsAreRefused) {
    const std::vector<std::vector<std::string>> senseless{{"--batch", "10"},
                                                          {"--batch", "25%"},
                                                          {"--wait"},
                                                          {"--here"},
                                                          {"--cancel"},
                                                          {"--dry-run"},
                                                          {"--timeout", "1h"},
                                                          {"--reason", "x"},
                                                          {"--slack-user", "U0ALICE00"},
                                                          {"--yes"}};
    for (const auto& more : senseless) {
        const auto done = status(1, more);
        EXPECT_EQ(done.code, ExitCode::usage) << more.front();
        EXPECT_THAT(done.err, HasSubstr("-a status only asks")) << more.front();
        EXPECT_EQ(done.calls, 0U);
    }
    for (const char* every : {"1s", "29s", "soon", "0s"}) {
        const auto done = status(1, {"--watch", every});
        EXPECT_EQ(done.code, ExitCode::usage) << every;
        EXPECT_THAT(done.err, HasSubstr("--watch: ")) << every;
    }
}

TEST(Watch, IsForStatusAlone) {
    const auto parsed =
        cli::parse_command_line({"-a", "quiet", "-e", "w", "-f", "staging", "-p", "acme", "-r",
                                 "us-east-1", "--here", "--watch", "60s"},
                                Environment{std::map<std::string, std::string>{}});
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, HasSubstr("--watch repeats -a status"));
}

} // namespace

} // namespace status_test
