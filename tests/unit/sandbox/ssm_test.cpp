// The Run Command engine of the sandbox, in simulated time: statuses, targets, limits, time-outs,
// pages.
#include "sandbox/ssm/run_command.hpp"
#include "sandbox/ssm/targets.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/simulated_host.hpp"
#include "tests/unit/fake_clock.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace ssm_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;

constexpr const char* tag_key = "tag:elasticbeanstalk:environment-name";

Json document_of(const std::string& action, const std::string& timeout = "172800") {
    return {{"schemaVersion", "2.2"},
            {"description", "test"},
            {"mainSteps",
             {{{"name", "download"}, {"action", "aws:downloadContent"}, {"inputs", Json::object()}},
              {{"name", "workers"},
               {"action", "aws:runShellScript"},
               {"inputs",
                {{"timeoutSeconds", timeout},
                 {"runCommand", {"exec sh ./snow-white-instance.sh " + action}}}}}}}};
}

class SandboxSsm : public testing::Test {
protected:
    SandboxSsm() {
        for (const char* const action : {"quiet", "wake", "stop", "status"})
            ssm.documents.add(std::string("Doc-") + action, {{"Content", document_of(action)}},
                              clock.now());
        Environment environment;
        environment.id = "e-workers";
        environment.name = "Workers";
        state.environments.push_back(environment);
    }

    Instance& add_instance(SimulatedOptions options = {}) {
        Instance instance;
        instance.id = fmt::format("i-{:017x}", state.instances.size());
        instance.environment_id = "e-workers";
        instance.name = "Workers";
        instance.private_ip = "10.0.0.7";
        instance.host = std::make_unique<SimulatedHost>(options);
        state.instances.push_back(std::move(instance));
        return state.instances.back();
    }

    void add_instances(std::size_t count, Duration drain = 30s) {
        for (std::size_t number = 0; number < count; ++number)
            add_instance({.drain = DrainTime(drain).of(number, count)});
    }

    std::string send(const Json& parameters) {
        return ssm.commands.send_command(parameters, clock.now())["Command"]["CommandId"];
    }
    std::string send_by_tag(const std::string& document, Json more = Json::object()) {
        more["DocumentName"] = document;
        more["Targets"] = {{{"Key", tag_key}, {"Values", {"Workers"}}}};
        return send(more);
    }
    Json command(const std::string& id) {
        return ssm.commands.list_commands({{"CommandId", id}}, clock.now())["Commands"][0];
    }
    std::string status(const std::string& id) {
        const Json seen = command(id);
        return fmt::format("{}/{}", seen["Status"].get<std::string>(),
                           seen["StatusDetails"].get<std::string>());
    }
    Json invocations(const std::string& id) {
        return ssm.commands.list_command_invocations({{"CommandId", id}, {"Details", true}},
                                                     clock.now())["CommandInvocations"];
    }
    std::string details(const std::string& id, std::size_t number = 0) {
        return invocations(id).at(number)["StatusDetails"];
    }
    // SSM returns the steps in any order.
    Json step(const std::string& id, std::size_t number, const std::string& name = "workers") {
        const Json invocation = invocations(id).at(number);
        for (const Json& one : invocation["CommandPlugins"])
            if (one["Name"] == name) return one;
        return Json::object();
    }
    Json line(const std::string& id, std::size_t number = 0) {
        const std::string output = step(id, number)["Output"];
        return Json::parse(output.substr(0, output.find('\n')));
    }
    std::string error_of(const std::function<void()>& call) {
        try {
            call();
        } catch (const AwsError& error) {
            return error.code;
        }
        return "no error";
    }

    FakeClock clock;
    RegionState state;
    SystemsManager ssm{state};
};

TEST_F(SandboxSsm, AnswersTheSendInFullBeforeItTakesEffect) {
    add_instances(2);
    const Json sent = ssm.commands.send_command({{"DocumentName", "Doc-quiet"},
                                                 {"InstanceIds", {state.instances[0].id}},
                                                 {"TimeoutSeconds", 600}},
                                                clock.now())["Command"];
    EXPECT_EQ(sent["CommandId"].get<std::string>().size(), 36U);
    EXPECT_EQ(sent["Status"], "Pending");
    EXPECT_EQ(sent["TargetCount"], 1);
    EXPECT_EQ(sent["MaxConcurrency"], "50");
    EXPECT_EQ(sent["MaxErrors"], "0");
    // TimeoutSeconds, and the time limits of both steps: 3,600 by default and 172,800.
    EXPECT_DOUBLE_EQ(sent["ExpiresAfter"].get<double>() - sent["RequestedDateTime"].get<double>(),
                     600 + 3600 + 172800);
}

TEST_F(SandboxSsm, FindsTargetsOfATagAfterADelay) {
    add_instances(3, 10s);
    const std::string id = send_by_tag("Doc-quiet");
    EXPECT_EQ(command(id)["TargetCount"], 0);
    EXPECT_EQ(error_of([&] {
                  ssm.commands.get_command_invocation(
                      {{"CommandId", id}, {"InstanceId", state.instances[0].id}}, clock.now());
              }),
              "InvocationDoesNotExist");
    clock.advance(500ms);
    EXPECT_EQ(command(id)["TargetCount"], 3);
    EXPECT_EQ(status(id), "Pending/Pending");
    clock.advance(500ms);
    EXPECT_EQ(status(id), "InProgress/InProgress");
}

TEST_F(SandboxSsm, QuietsEachInstanceWhenItsJobsHaveEnded) {
    add_instances(3, 30s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(12s);
    EXPECT_EQ(command(id)["CompletedCount"], 1);
    EXPECT_EQ(details(id, 0), "Success");
    EXPECT_EQ(details(id, 2), "InProgress");
    EXPECT_EQ(state.instances[2].host->workers(clock.now())[0]["state"], "quiet");
    EXPECT_EQ(step(id, 2)["Output"], "");
    clock.advance(20s);
    EXPECT_EQ(status(id), "Success/Success");
    EXPECT_EQ(line(id, 2)["outcome"], "done");
    EXPECT_EQ(line(id, 2)["workers"][0]["state"], "idle");
    EXPECT_EQ(line(id, 2)["workers"][0]["busy"], 0);
    EXPECT_EQ(line(id, 2)["workers"][0]["as"], state.instances[2].host->hostname());
}

TEST_F(SandboxSsm, WakesIdleWorkersAndLeavesBusyOnes) {
    add_instances(2, 100s);
    send_by_tag("Doc-quiet");
    clock.advance(60s); // the first is idle, the second runs a job
    const std::string id = send_by_tag("Doc-wake");
    clock.advance(5s);
    EXPECT_EQ(line(id, 0)["outcome"], "done");
    EXPECT_EQ(line(id, 0)["workers"][0]["state"], "running");
    EXPECT_EQ(line(id, 1)["outcome"], "busy");
    EXPECT_EQ(step(id, 1)["ResponseCode"], 4);
    EXPECT_EQ(status(id), "Failed/Failed");
}

TEST_F(SandboxSsm, StopsAfterTheLastJobAndWakesAgain) {
    add_instance({.layout = Layout::pair, .drain = 20s});
    const std::string stop = send_by_tag("Doc-stop");
    clock.advance(25s);
    EXPECT_EQ(line(stop)["workers"].size(), 2U);
    EXPECT_EQ(line(stop)["workers"][0], (Json{{"pid", 0},
                                              {"unit", "worker.service"},
                                              {"version", ""},
                                              {"busy", 0},
                                              {"of", 0},
                                              {"state", "stopped"}}));
    const std::string status = send_by_tag("Doc-status");
    const double now = static_cast<double>(clock.now().time_since_epoch() / 1s);
    clock.advance(5s);
    EXPECT_NEAR(line(status)["workers"][0]["since"].get<double>(), now - 5, 1);
    const std::string wake = send_by_tag("Doc-wake");
    clock.advance(5s);
    EXPECT_EQ(line(wake)["workers"][1]["state"], "running");
}

TEST_F(SandboxSsm, SaysThatAWebInstanceHasNoWorker) {
    add_instance({.layout = Layout::web});
    const std::string quiet = send_by_tag("Doc-quiet");
    const std::string status = send_by_tag("Doc-status");
    clock.advance(2s);
    EXPECT_EQ(step(quiet, 0)["ResponseCode"], 3);
    EXPECT_NE(step(quiet, 0)["Output"].get<std::string>().find("no-worker"), std::string::npos);
    EXPECT_EQ(line(status)["outcome"], "no-worker");
    EXPECT_EQ(details(status), "Success");
}

TEST_F(SandboxSsm, GivesTheStepsInNoFixedOrder) {
    add_instances(2, 1s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    EXPECT_NE(invocations(id)[0]["CommandPlugins"][0]["Name"],
              invocations(id)[1]["CommandPlugins"][0]["Name"]);
}

TEST_F(SandboxSsm, OnlyTheDownloadStepSaysWhyItFailed) {
    add_instance({.fault = Fault::no_download});
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    EXPECT_EQ(status(id), "Failed/Failed");
    EXPECT_THAT(step(id, 0, "download")["Output"].get<std::string>(),
                testing::HasSubstr("rate limit exceeded"));
    EXPECT_EQ(step(id, 0, "download")["Status"], "Failed");
    const std::string ours = step(id, 0)["Output"];
    EXPECT_THAT(ours, testing::HasSubstr("nothing was run"));
    EXPECT_THAT(ours, testing::Not(testing::HasSubstr("rate limit")));
}

TEST_F(SandboxSsm, ATagWithoutInstancesIsASuccessWithoutTargets) {
    add_instances(1);
    const std::string id = send(
        {{"DocumentName", "Doc-quiet"}, {"Targets", {{{"Key", tag_key}, {"Values", {"Web"}}}}}});
    clock.advance(1s);
    EXPECT_EQ(status(id), "Success/NoInstancesInTag");
    EXPECT_EQ(command(id)["TargetCount"], 0);
}

TEST_F(SandboxSsm, TagsReachLostAgentsButNeverAbsentOnesNorTheTerminated) {
    add_instances(4);
    state.instances[0].agent = AgentState::absent;
    state.instances[1].agent = AgentState::connection_lost;
    state.instances[2].state = InstanceState::terminated;
    const std::string id = send_by_tag("Doc-status");
    clock.advance(3s);
    ASSERT_EQ(invocations(id).size(), 2U);
    EXPECT_EQ(details(id, 0), "Pending");
    EXPECT_EQ(details(id, 1), "Success");
}

TEST_F(SandboxSsm, OneIdThatIsNotManagedFailsTheWholeCall) {
    add_instances(2);
    const auto code = [&](const std::string& id) {
        return error_of([&] {
            send({{"DocumentName", "Doc-quiet"}, {"InstanceIds", {state.instances[0].id, id}}});
        });
    };
    EXPECT_EQ(code("i-0fffffffffffffff0"), "InvalidInstanceId");
    state.instances[1].state = InstanceState::terminated;
    EXPECT_EQ(code(state.instances[1].id), "InvalidInstanceId");
    state.instances[1].state = InstanceState::running;
    state.instances[1].agent = AgentState::absent;
    EXPECT_EQ(code(state.instances[1].id), "InvalidInstanceId");
    state.instances[1].agent = AgentState::connection_lost;
    EXPECT_EQ(code(state.instances[1].id), "no error");
    EXPECT_EQ(code(state.instances[0].id), "DuplicateInstanceId");
    EXPECT_EQ(error_of([&] { send({{"DocumentName", "Doc-quiet"}}); }), "ValidationException");
}

TEST_F(SandboxSsm, WaitsForALostAgentUntilTheCommandExpires) {
    add_instances(2, 10s);
    state.instances[1].agent = AgentState::connection_lost;
    const std::string id =
        send_by_tag("Doc-quiet", {{"TimeoutSeconds", 600}, {"MaxErrors", "100%"}});
    clock.advance(std::chrono::seconds(600 + 3600 + 172800) - 1s);
    EXPECT_EQ(details(id, 1), "Pending");
    clock.advance(1s);
    EXPECT_EQ(details(id, 1), "DeliveryTimedOut");
    EXPECT_EQ(invocations(id)[1]["Status"], "TimedOut");
    EXPECT_EQ(command(id)["DeliveryTimedOutCount"], 1);
    EXPECT_EQ(command(id)["ErrorCount"], 0);
    EXPECT_EQ(status(id), "Failed/Incomplete");
}

TEST_F(SandboxSsm, DeliversWhenTheAgentComesBack) {
    add_instances(1, 10s);
    state.instances[0].agent = AgentState::connection_lost;
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(1h);
    EXPECT_EQ(status(id), "Pending/Pending");
    state.instances[0].agent = AgentState::online;
    EXPECT_EQ(status(id), "InProgress/InProgress");
    clock.advance(11s);
    EXPECT_EQ(status(id), "Success/Success");
}

TEST_F(SandboxSsm, ATerminatedInstanceSendsNoResult) {
    add_instances(1, 10s);
    const std::string id = send_by_tag("Doc-quiet", {{"TimeoutSeconds", 30}});
    clock.advance(2s);
    EXPECT_EQ(details(id), "InProgress");
    state.instances[0].state = InstanceState::terminated;
    clock.advance(24h);
    EXPECT_EQ(details(id), "InProgress");
    clock.advance(48h);
    EXPECT_EQ(details(id), "DeliveryTimedOut");
    EXPECT_EQ(status(id), "TimedOut/DeliveryTimedOut");
}

TEST_F(SandboxSsm, AnInstanceMayDisappearDuringACommand) {
    add_instances(2, 10s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(2s);
    EXPECT_EQ(details(id, 1), "InProgress");
    state.instances.erase(state.instances.begin());
    clock.advance(20s);
    EXPECT_EQ(details(id, 0), "InProgress");
    EXPECT_EQ(details(id, 1), "Success");
}

TEST_F(SandboxSsm, KillsAScriptThatExceedsItsStepsTimeout) {
    ssm.documents.add("Doc-short", {{"Content", document_of("quiet", "60")}}, clock.now());
    ssm.documents.add("Doc-silly", {{"Content", document_of("quiet", "2")}}, clock.now());
    add_instance({.fault = Fault::never_ends});
    const std::string short_one = send_by_tag("Doc-short");
    const std::string silly = send_by_tag("Doc-silly");
    clock.advance(62s);
    EXPECT_EQ(details(short_one), "ExecutionTimedOut");
    EXPECT_EQ(step(short_one, 0)["ResponseCode"], 137);
    EXPECT_EQ(status(short_one), "TimedOut/ExecutionTimedOut");
    EXPECT_EQ(command(short_one)["ErrorCount"], 1);
    EXPECT_EQ(details(silly), "InProgress");
    clock.advance(1h);
    EXPECT_EQ(details(silly), "ExecutionTimedOut");
}

TEST_F(SandboxSsm, KeepsToMaxConcurrencyHoweverLateItIsRead) {
    add_instances(5, 50s); // 10, 20, … 50 s each
    const std::string often = send_by_tag("Doc-quiet", {{"MaxConcurrency", "2"}});
    clock.advance(2s);
    int running = 0;
    for (const auto& invocation : invocations(often))
        running += invocation["Status"] == "InProgress" ? 1 : 0;
    EXPECT_EQ(running, 2);
    EXPECT_EQ(details(often, 2), "Pending");
    clock.advance(24h); // one look a day later shows the same ends as looks in between
    EXPECT_EQ(status(often), "Success/Success");
    const auto end = [&](std::size_t n) {
        return step(often, n)["ResponseFinishDateTime"].get<double>() -
               command(often)["RequestedDateTime"].get<double>();
    };
    EXPECT_NEAR(end(0), 10.9, 0.2);
    EXPECT_NEAR(end(2), 10.9 + 30.1, 0.3); // third, in the place of the first
    EXPECT_NEAR(end(3), 20.9 + 40.1, 0.3);
}

TEST_F(SandboxSsm, OnlyTheInstanceThatTheSenderMayNotCommandIsDenied) {
    add_instances(2, 10s);
    state.instances[0].denied = true;
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(1min);
    EXPECT_EQ(details(id, 0), "AccessDenied");
    EXPECT_EQ(details(id, 1), "Success");
    EXPECT_EQ(status(id), "Success/Success");
}

TEST_F(SandboxSsm, AnAgentRunsFiveDocumentsAtATime) {
    add_instances(1, 60s);
    std::vector<std::string> sent;
    for (int i = 0; i < 6; ++i)
        sent.push_back(send_by_tag("Doc-quiet"));
    clock.advance(5s);
    const auto in_progress = [&] {
        return std::ranges::count_if(sent,
                                     [&](const auto& id) { return details(id) == "InProgress"; });
    };
    EXPECT_EQ(in_progress(), 5);
    EXPECT_EQ(std::ranges::count_if(sent, [&](const auto& id) { return details(id) == "Pending"; }),
              1);
    clock.advance(5min);
    EXPECT_EQ(std::ranges::count_if(sent, [&](const auto& id) { return details(id) == "Success"; }),
              5);
    clock.advance(5min); // it began when the others were seen to have ended
    EXPECT_EQ(details(sent.back()), "Success");
}

TEST_F(SandboxSsm, StopsSendingAfterTooManyErrors) {
    for (int i = 0; i < 6; ++i)
        add_instance({.fault = i < 3 ? Fault::fails : Fault::none});
    const std::string id = send_by_tag("Doc-quiet", {{"MaxConcurrency", "1"}, {"MaxErrors", "1"}});
    clock.advance(1h);
    EXPECT_EQ(details(id, 0), "Failed");
    EXPECT_EQ(details(id, 1), "Failed");
    EXPECT_EQ(details(id, 2), "Terminated");
    EXPECT_EQ(details(id, 5), "Terminated");
    EXPECT_EQ(status(id), "Failed/Failed");
    EXPECT_EQ(command(id)["ErrorCount"], 2);
    EXPECT_EQ(command(id)["CompletedCount"], 6);
}

TEST_F(SandboxSsm, IsIncompleteWhenFewerFailThanAllowed) {
    for (int i = 0; i < 4; ++i)
        add_instance({.drain = 5s, .fault = i == 0 ? Fault::fails : Fault::none});
    const std::string id = send_by_tag("Doc-quiet", {{"MaxErrors", "50%"}});
    clock.advance(1min);
    EXPECT_EQ(status(id), "Failed/Incomplete");
    EXPECT_EQ(command(id)["ErrorCount"], 1);
}

TEST_F(SandboxSsm, Cancels) {
    add_instances(2, 60s);
    state.instances[1].agent = AgentState::connection_lost;
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    ssm.commands.cancel_command({{"CommandId", id}}, clock.now());
    EXPECT_EQ(details(id, 0), "Cancelled");
    EXPECT_EQ(details(id, 1), "Cancelled");
    EXPECT_EQ(status(id), "Cancelled/Cancelled");
    EXPECT_EQ(state.instances[0].host->workers(clock.now())[0]["state"],
              "quiet"); // unchanged by the cancel
    EXPECT_EQ(error_of([&] {
                  ssm.commands.cancel_command({{"CommandId", std::string(36, '0')}}, clock.now());
              }),
              "InvalidCommandId");
}

TEST_F(SandboxSsm, IsCancellingWhileTheAgentIsUnreachable) {
    add_instances(1, 60s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    EXPECT_EQ(details(id), "InProgress");
    state.instances[0].agent = AgentState::connection_lost;
    ssm.commands.cancel_command({{"CommandId", id}}, clock.now());
    EXPECT_EQ(status(id), "Cancelling/Cancelling");
    state.instances[0].agent = AgentState::online;
    EXPECT_EQ(status(id), "Cancelled/Cancelled");
}

TEST_F(SandboxSsm, ShowsOneStepInFull) {
    add_instances(1, 10s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    Json ask = {{"CommandId", id}, {"InstanceId", state.instances[0].id}};
    EXPECT_EQ(error_of([&] { ssm.commands.get_command_invocation(ask, clock.now()); }),
              "InvalidPluginName");
    ask["PluginName"] = "workers";
    Json seen = ssm.commands.get_command_invocation(ask, clock.now());
    EXPECT_EQ(seen["Status"], "InProgress");
    EXPECT_EQ(seen["ResponseCode"], -1);
    EXPECT_EQ(seen["StandardOutputContent"], "");
    clock.advance(10s);
    seen = ssm.commands.get_command_invocation(ask, clock.now());
    EXPECT_EQ(seen["Status"], "Success");
    EXPECT_EQ(seen["ExecutionElapsedTime"], "PT10S");
    EXPECT_EQ(seen["StandardOutputContent"].get<std::string>().find(
                  "{\"snow_white\":1,\"action\":\"quiet\""),
              0U);
}

TEST_F(SandboxSsm, APageMayBeShortAndTheFirstOneEmpty) {
    add_instances(5, 1s);
    state.visibility.short_pages = true;
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(1min);
    Json ask = {{"CommandId", id}, {"MaxResults", 4}};
    std::vector<std::size_t> sizes;
    for (bool more = true; more;) {
        const Json page = ssm.commands.list_command_invocations(ask, clock.now());
        sizes.push_back(page["CommandInvocations"].size());
        more = page.contains("NextToken");
        if (more) ask["NextToken"] = page["NextToken"];
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 2, 2, 1}));
}

TEST_F(SandboxSsm, PagesTenThousandInvocations) {
    add_instances(10'000, 60s);
    const std::string id =
        send_by_tag("Doc-quiet", {{"MaxConcurrency", "100%"}, {"MaxErrors", "100%"}});
    clock.advance(2min);
    EXPECT_EQ(command(id)["CompletedCount"], 10'000);
    std::set<std::string> seen;
    Json ask = {{"CommandId", id}};
    int pages = 0;
    for (bool more = true; more; ++pages) {
        const Json page = ssm.commands.list_command_invocations(ask, clock.now());
        ASSERT_LE(page["CommandInvocations"].size(), 50U);
        for (const auto& invocation : page["CommandInvocations"])
            seen.insert(invocation["InstanceId"]);
        more = page.contains("NextToken");
        if (more) ask["NextToken"] = page["NextToken"];
    }
    EXPECT_EQ(pages, 200);
    EXPECT_EQ(seen.size(), 10'000U);
    ask["NextToken"] = "x" + ask["NextToken"].get<std::string>();
    EXPECT_EQ(error_of([&] { ssm.commands.list_command_invocations(ask, clock.now()); }),
              "InvalidNextToken");
}

TEST_F(SandboxSsm, FiltersCommands) {
    add_instances(1, 10s);
    const std::string first = send_by_tag("Doc-quiet");
    clock.advance(1h);
    const std::string second = send_by_tag("Doc-stop");
    const auto listed = [&](const std::string& key, const std::string& value) {
        std::string found;
        const Json filters = {{{"key", key}, {"value", value}}};
        const Json answer = ssm.commands.list_commands({{"Filters", filters}}, clock.now());
        for (const auto& item : answer["Commands"])
            found += item["CommandId"] == first ? "1" : "2";
        return found;
    };
    EXPECT_EQ(listed("DocumentName", "Doc-stop"), "2");
    EXPECT_EQ(listed("ExecutionStage", "Executing"), "2");
    EXPECT_EQ(listed("ExecutionStage", "Complete"), "1");
    EXPECT_EQ(listed("Status", "Success"), "1");
    EXPECT_EQ(listed("InvokedAfter", "2026-11-24T00:30:00Z"), "2");
    EXPECT_EQ(listed("InvokedBefore", "2026-11-24T02:30:00+02:00"), "1");
    EXPECT_EQ(listed("InvokedAfter", "2026-11-20T00:00:00Z"), "21"); // the newest first
    EXPECT_EQ(error_of([&] { listed("InvokedAfter", "yesterday"); }), "ValidationException");
    const Json stage = {{"Filters", {{{"key", "ExecutionStage"}, {"value", "Executing"}}}}};
    EXPECT_EQ(error_of([&] { ssm.commands.list_command_invocations(stage, clock.now()); }),
              "InvalidFilterKey");
}

TEST_F(SandboxSsm, KnowsItsDocuments) {
    add_instances(1);
    EXPECT_EQ(ssm.documents.describe({{"Name", "Doc-quiet"}})["Document"]["Status"], "Active");
    const std::string hash = ssm.documents.describe({{"Name", "Doc-quiet"}})["Document"]["Hash"];
    EXPECT_EQ(hash.size(), 64U);
    EXPECT_EQ(Json::parse(ssm.documents.get({{"Name", "Doc-quiet"}})["Content"].get<std::string>()),
              document_of("quiet"));
    EXPECT_EQ(error_of([&] { send_by_tag("Doc-nothing"); }), "InvalidDocument");
    EXPECT_EQ(error_of([&] {
                  send_by_tag("Doc-quiet", {{"DocumentVersion", "2"}});
              }),
              "InvalidDocumentVersion");
    EXPECT_EQ(error_of([&] {
                  send_by_tag("Doc-quiet", {{"DocumentHash", std::string(64, 'a')}});
              }),
              "InvalidDocument");
    EXPECT_EQ(error_of([&] { send_by_tag("Doc-quiet", {{"DocumentHash", hash}}); }), "no error");
}

TEST_F(SandboxSsm, ChecksADocumentsParameters) {
    Json content = document_of("{{ action }}");
    content["parameters"] = {
        {"action", {{"type", "String"}, {"allowedValues", {"status", "quiet"}}}},
        {"tag", {{"type", "String"}, {"default", "x"}, {"allowedPattern", "[a-z]+"}}}};
    ssm.documents.add("Doc-any", {{"Content", content}}, clock.now());
    const Json described = ssm.documents.describe({{"Name", "Doc-any"}})["Document"]["Parameters"];
    EXPECT_EQ(described.at(1), (Json{{"Name", "tag"}, {"Type", "String"}, {"DefaultValue", "x"}}));
    add_instances(1);
    const auto code = [&](const Json& given) {
        return error_of([&] { send_by_tag("Doc-any", {{"Parameters", given}}); });
    };
    EXPECT_EQ(code({{"action", {"status"}}}), "no error");
    EXPECT_EQ(code({{"action", {"rm -rf /"}}}), "InvalidParameters");
    EXPECT_EQ(code(Json::object()), "InvalidParameters");
    EXPECT_EQ(code({{"action", {"status"}}, {"other", {"1"}}}), "InvalidParameters");
    EXPECT_EQ(code({{"action", {"status"}}, {"tag", {"; reboot"}}}), "InvalidParameters");
    const std::string id = send_by_tag("Doc-any", {{"Parameters", {{"action", {"status"}}}}});
    clock.advance(5s);
    EXPECT_EQ(line(id)["action"], "status");
}

TEST_F(SandboxSsm, DescribesManagedInstances) {
    add_instances(12);
    state.instances[1].agent = AgentState::absent;
    state.instances[2].agent = AgentState::connection_lost;
    state.instances[3].agent = AgentState::inactive;
    const auto ask = [&](const Json& parameters) {
        return describe_instance_information(state, parameters,
                                             clock.now())["InstanceInformationList"];
    };
    const Json by_tag = {{{"Key", tag_key}, {"Values", {"Workers"}}}};
    EXPECT_EQ(ask({{"Filters", by_tag}, {"MaxResults", 50}}).size(), 11U);
    EXPECT_EQ(ask(Json::object()).size(), 10U); // the default page
    EXPECT_EQ(
        ask({{"Filters", {{{"Key", "PingStatus"}, {"Values", {"ConnectionLost", "Inactive"}}}}}})
            .size(),
        2U);
    EXPECT_EQ(
        ask({{"Filters",
              {{{"Key", "InstanceIds"}, {"Values", {state.instances[2].id}}}}}})[0]["PingStatus"],
        "ConnectionLost");
    EXPECT_EQ(ask({{"Filters", {{{"Key", "tag:Other"}, {"Values", {"x"}}}}}}).size(), 0U);
    EXPECT_EQ(error_of([&] {
                  ask({{"Filters", {{{"Key", "Colour"}, {"Values", {"x"}}}}}});
              }),
              "ValidationException");
}

TEST_F(SandboxSsm, EachInvocationHasItsOwnTime) {
    add_instances(3, 1s);
    const std::string id = send_by_tag("Doc-quiet");
    const double sent = command(id)["RequestedDateTime"];
    clock.advance(5s);
    std::set<double> moments;
    for (const Json& invocation : invocations(id)) {
        moments.insert(invocation["RequestedDateTime"].get<double>());
        EXPECT_NEAR(invocation["RequestedDateTime"].get<double>(), sent, 0.1);
    }
    EXPECT_EQ(moments.size(), 3U);
}

TEST_F(SandboxSsm, ADocumentsVersionIsEmptyWhenNoneWasRequested) {
    add_instances(1, 1s);
    const std::string id = send_by_tag("Doc-quiet");
    clock.advance(5s);
    EXPECT_EQ(command(id)["DocumentVersion"], "");
    EXPECT_EQ(invocations(id)[0]["DocumentVersion"], "");
    EXPECT_EQ(
        command(send_by_tag("Doc-quiet", {{"DocumentVersion", "$LATEST"}}))["DocumentVersion"],
        "$LATEST");
}

TEST(StepOutput, IsCutAsTheAgentDoes) {
    const std::string sentence = "This is a sample text. ";
    std::string text;
    while (text.size() < 1000)
        text += sentence;
    EXPECT_EQ(joined_output("out", "", 100), "out");
    EXPECT_EQ(joined_output("out", "err", 100), "out\n----------ERROR-------\nerr");
    EXPECT_EQ(joined_output(text, "", 100), text.substr(0, 77) + "\n---Output truncated---");
    EXPECT_EQ(joined_output("", text, 100),
              "\n----------ERROR-------\n" + text.substr(0, 53) + "\n---Error truncated----");
    EXPECT_EQ(joined_output(text, text, 100),
              text.substr(0, 15) + "\n---Output truncated---\n----------ERROR-------\n" +
                  text.substr(0, 15) + "\n---Error truncated----");
    EXPECT_EQ(joined_output(text, "short", 100).size(), 100U);
    const std::string umlauts = joined_output(std::string(76, 'a') + "\u00e4" + text, "", 100);
    EXPECT_NO_THROW((void)Json(umlauts).dump());
}

// CloudFormation may make the new version the default one, or not: both are an assumption.
TEST_F(SandboxSsm, ADocumentHasVersionsAndADefaultOne) {
    ssm.documents.add("Doc-quiet", {{"Content", document_of("stop")}}, clock.now(), false);
    EXPECT_EQ(ssm.documents.find("Doc-quiet").version, "1");
    EXPECT_EQ(ssm.documents.find("Doc-quiet", "$LATEST").version, "2");
    EXPECT_EQ(ssm.documents.describe({{"Name", "Doc-quiet"}})["Document"]["LatestVersion"], "2");
    EXPECT_EQ(ssm.documents.describe({{"Name", "Doc-quiet"}})["Document"]["DefaultVersion"], "1");
    ssm.documents.add("Doc-quiet", {{"Content", document_of("stop")}}, clock.now(), true);
    EXPECT_EQ(ssm.documents.get({{"Name", "Doc-quiet"}})["DocumentVersion"], "3");
}

} // namespace

} // namespace ssm_test
