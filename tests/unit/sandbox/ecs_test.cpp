// ECS and the log store of the sandbox. Tasks are real processes, so these tests take real time,
// but little.
#include "sandbox/ecs/ecs.hpp"
#include "sandbox/wire/dialect.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace ecs_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;
using snow_white::Duration;
using snow_white::Instant;

class RealClock : public snow_white::Clock {
public:
    snow_white::Duration elapsed() const override { return now().time_since_epoch(); }
    Instant now() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    }
    void wait(Duration duration) override { std::this_thread::sleep_for(duration); }
    bool interrupted() const override { return false; }
};

constexpr const char* secret_arn =
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:WebhookSecret-AB12CD";
constexpr const char* log_group = "/ecs/snow-white";

Stack make_stack(int stop_timeout) {
    const Json container = {{"Name", "snow-white"},
                            {"Image", "example/snow-white:1"},
                            {"Memory", "512"},
                            {"StopTimeout", stop_timeout},
                            {"Environment",
                             {{{"Name", "CFN_STACK_NAME"}, {"Value", "snow-white"}},
                              {{"Name", "COLOUR"}, {"Value", "red"}}}},
                            {"Secrets", {{{"Name", "SLACK_WEBHOOK"}, {"ValueFrom", secret_arn}}}},
                            {"LogConfiguration",
                             {{"LogDriver", "awslogs"},
                              {"Options",
                               {{"awslogs-group", log_group},
                                {"awslogs-region", "us-east-1"},
                                {"awslogs-stream-prefix", "snow-white"}}}}}};
    Stack stack;
    stack.name = "snow-white";
    stack.resources = {{"TaskDefinition",
                        "arn:aws:ecs:us-east-1:123456789012:task-definition/snow-white:1",
                        "AWS::ECS::TaskDefinition",
                        {{"Family", "snow-white"},
                         {"Cpu", 256},
                         {"Memory", "512"},
                         {"NetworkMode", "awsvpc"},
                         {"TaskRoleArn", "arn:aws:iam::123456789012:role/TaskRole"},
                         {"ContainerDefinitions", {container}}}},
                       {"LogGroup", log_group, "AWS::Logs::LogGroup", Json::object()},
                       {"WebhookSecret",
                        secret_arn,
                        "AWS::SecretsManager::Secret",
                        {{"SecretString", "https://hook"}}}};
    return stack;
}

class SandboxEcs : public testing::Test {
protected:
    SandboxEcs()
        : directory(std::filesystem::temp_directory_path() /
                    fmt::format("sandbox-ecs-{}", getpid())) {
        std::filesystem::create_directories(directory);
    }
    ~SandboxEcs() override {
        ecs.reset();
        std::filesystem::remove_all(directory);
    }

    // A program that is this shell script.
    void program(const std::string& script, int stop_timeout = 30) {
        const auto path = directory / "program";
        std::ofstream(path) << "#!/bin/sh\n" << script;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        start_ecs(path.string(), stop_timeout);
    }

    void start_ecs(const std::string& program_path, int stop_timeout = 30) {
        stack = make_stack(stop_timeout);
        EcsOptions options;
        options.base_url = "http://127.0.0.1:1";
        options.program = program_path;
        options.log_directory = directory.string();
        options.issue_credentials = [](const std::string& role, const std::string& session) {
            return Json{{"RoleArn", role}, {"AccessKeyId", "ASIA"}, {"Token", session}};
        };
        ecs = std::make_unique<Ecs>(options, stack, logs, clock);
    }

    Json request(const Json& more = Json::object()) const {
        Json parameters = {{"cluster", "snow-white"},
                           {"taskDefinition", "snow-white"},
                           {"launchType", "FARGATE"},
                           {"startedBy", "alice"},
                           {"networkConfiguration",
                            {{"awsvpcConfiguration",
                              {{"subnets", {"subnet-0a1b2c3d4e5f60718"}},
                               {"securityGroups", {"sg-0a1b2c3d4e5f60718"}}}}}}};
        parameters.update(more);
        return parameters;
    }

    std::string run(const Json& more = Json::object()) {
        return ecs->run_task(request(more), clock.now()).at("tasks").at(0).at("taskArn");
    }

    Json describe(const std::string& arn) {
        return ecs
            ->describe_tasks({{"cluster", "snow-white"}, {"tasks", {arn}}, {"include", {"TAGS"}}},
                             clock.now())
            .at("tasks")
            .at(0);
    }

    // Waits for `wanted` and returns the statuses seen until then; fails the test when it does not
    // come.
    std::vector<std::string> watch(const std::string& arn, const std::string& wanted) {
        std::vector<std::string> seen;
        for (int look = 0; look < 1500; ++look, std::this_thread::sleep_for(10ms)) {
            const std::string status = describe(arn)["lastStatus"];
            if (seen.empty() || seen.back() != status) seen.push_back(status);
            if (status == wanted) return seen;
        }
        ADD_FAILURE() << "wanted " << wanted << ", seen " << Json(seen).dump() << ", log in "
                      << directory;
        return seen;
    }

    // The URI of the container's credentials, from the output of `env`; empty when there is none.
    static std::string credentials_id(const std::vector<std::string>& environment) {
        const std::string begin =
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/_ecs/credentials/";
        for (const std::string& variable : environment)
            if (variable.starts_with(begin)) return variable.substr(begin.size());
        return "";
    }

    std::vector<std::string> lines(const std::string& arn) const {
        std::vector<std::string> found;
        const Json answer = logs.get_log_events(
            {{"logGroupName", log_group},
             {"logStreamName", "snow-white/snow-white/" + arn.substr(arn.rfind('/') + 1)},
             {"startFromHead", true}});
        for (const auto& event : answer["events"])
            found.push_back(event["message"]);
        return found;
    }

    static std::string error_of(const std::function<void()>& call) {
        try {
            call();
        } catch (const AwsError& error) {
            return error.code + ": " + error.what();
        }
        return "no error";
    }

    RealClock clock;
    LogStore logs;
    Stack stack;
    std::filesystem::path directory;
    std::unique_ptr<Ecs> ecs;
};

TEST_F(SandboxEcs, DescribesTheTaskDefinitionAsTheApiSpellsIt) {
    program("true\n");
    const Json definition =
        ecs->describe_task_definition({{"taskDefinition", "snow-white"}})["taskDefinition"];
    EXPECT_EQ(definition["family"], "snow-white");
    EXPECT_EQ(definition["revision"], 1);
    EXPECT_EQ(definition["cpu"], "256");
    const Json& container = definition["containerDefinitions"][0];
    EXPECT_EQ(container["memory"], 512);
    EXPECT_EQ(container["secrets"][0]["valueFrom"], secret_arn);
    EXPECT_EQ(container["logConfiguration"]["options"]["awslogs-group"], log_group);
    EXPECT_EQ(ecs->describe_task_definition(
                  {{"taskDefinition", definition["taskDefinitionArn"]}})["taskDefinition"],
              definition);
    EXPECT_EQ(error_of([&] {
                  ecs->describe_task_definition({{"taskDefinition", "snow-white:2"}});
              }),
              "ClientException: Unable to describe task definition.");
}

TEST_F(SandboxEcs, RefusesInvalidTags) {
    program("true\n");
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"k", "a;b"}, {"aws:k", "v"}, {"", "v"}})
        EXPECT_TRUE(error_of([&] {
                        run({{"tags", {{{"key", key}, {"value", value}}}}});
                    }).starts_with("InvalidParameterException"))
            << key << value;
}

TEST_F(SandboxEcs, RunsATaskThroughItsStatuses) {
    program("echo one; echo two >&2; printf three; exit 3\n");
    const std::string arn = run({{"tags", {{{"key", "k"}, {"value", "v"}}}}});
    EXPECT_EQ(watch(arn, "STOPPED"), (std::vector<std::string>{"PROVISIONING", "PENDING", "RUNNING",
                                                               "DEPROVISIONING", "STOPPED"}));
    const Json task = describe(arn);
    EXPECT_EQ(task["stopCode"], "EssentialContainerExited");
    EXPECT_EQ(task["stoppedReason"], "Essential container in task exited");
    EXPECT_EQ(task["containers"][0]["exitCode"], 3);
    EXPECT_EQ(task["startedBy"], "alice");
    EXPECT_EQ(task["tags"][0]["value"], "v");
    EXPECT_EQ(lines(arn), (std::vector<std::string>{"one", "two", "three"}));
    std::ifstream file(directory / ("task-" + arn.substr(arn.rfind('/') + 1) + ".log"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "one\ntwo\nthree\n");
}

TEST_F(SandboxEcs, GivesTheContainerItsEnvironmentAndNoOther) {
    setenv("SANDBOX_ONLY", "1", 1);
    program("env; pwd; ls /proc/self/fd | wc -l\n");
    const Json override = {{"name", "snow-white"},
                           {"environment", {{{"name", "COLOUR"}, {"value", "blue"}}}}};
    const std::string arn = run({{"overrides", {{"containerOverrides", {override}}}}});
    watch(arn, "STOPPED");
    const auto seen = lines(arn);
    const std::string id = arn.substr(arn.rfind('/') + 1);
    const auto has = [&seen](const std::string& line) {
        return std::find(seen.begin(), seen.end(), line) != seen.end();
    };
    EXPECT_TRUE(has("CFN_STACK_NAME=snow-white"));
    EXPECT_TRUE(has("COLOUR=blue"));
    EXPECT_FALSE(has("COLOUR=red"));
    EXPECT_TRUE(has("SLACK_WEBHOOK=https://hook"));
    EXPECT_TRUE(has("ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:1/v4/" + id));
    EXPECT_EQ(credentials_id(seen).size(), 64U);
    EXPECT_FALSE(has("SANDBOX_ONLY=1"));
    EXPECT_TRUE(has("/"));
    EXPECT_TRUE(has("4")); // 0, 1, 2 and ls's own
}

TEST_F(SandboxEcs, StopsByTermAndThenByKill) {
    program("trap 'echo told; exit 5' TERM; echo up; while :; do sleep 0.05; done\n");
    const std::string arn = run();
    while (describe(arn)["lastStatus"] != "RUNNING" || lines(arn).empty())
        std::this_thread::sleep_for(10ms);
    ecs->stop_task({{"cluster", "snow-white"}, {"task", arn}, {"reason", "enough"}}, clock.now());
    EXPECT_EQ(describe(arn)["desiredStatus"], "STOPPED");
    watch(arn, "STOPPED");
    EXPECT_EQ(describe(arn)["stopCode"], "UserInitiated");
    EXPECT_EQ(describe(arn)["stoppedReason"], "enough");
    EXPECT_EQ(describe(arn)["containers"][0]["exitCode"], 5);
    EXPECT_EQ(lines(arn).back(), "told");

    program("trap '' TERM; echo ignores-term; while :; do sleep 0.05; done\n", 1);
    const std::string stubborn = run();
    while (describe(stubborn)["lastStatus"] != "RUNNING" || lines(stubborn).empty())
        std::this_thread::sleep_for(10ms);
    ecs->stop_task({{"cluster", "snow-white"}, {"task", stubborn}}, clock.now());
    EXPECT_EQ(describe(stubborn)["lastStatus"], "STOPPING");
    watch(stubborn, "STOPPED");
    EXPECT_EQ(describe(stubborn)["containers"][0]["exitCode"], 137);
}

TEST_F(SandboxEcs, SeesAKilledProcessAsExitCode137) {
    program("echo $$; exec sleep 100\n");
    const std::string arn = run();
    while (describe(arn)["lastStatus"] != "RUNNING" || lines(arn).empty())
        std::this_thread::sleep_for(10ms);
    kill(std::stoi(lines(arn)[0]), SIGKILL);
    watch(arn, "STOPPED");
    EXPECT_EQ(describe(arn)["containers"][0]["exitCode"], 137);
    EXPECT_EQ(describe(arn)["stopCode"], "EssentialContainerExited");
}

TEST_F(SandboxEcs, EndsTheWholeProcessGroup) {
    program("sleep 100 & echo $!; wait\n");
    const std::string arn = run();
    while (describe(arn)["lastStatus"] != "RUNNING" || lines(arn).empty())
        std::this_thread::sleep_for(10ms);
    const pid_t child = std::stoi(lines(arn)[0]);
    EXPECT_EQ(kill(child, 0), 0);
    ecs.reset();
    bool gone = false;
    for (int look = 0; look < 200 && !gone; ++look, std::this_thread::sleep_for(10ms)) {
        std::ifstream status(fmt::format("/proc/{}/stat", child));
        const std::string stat(std::istreambuf_iterator<char>(status), {});
        gone =
            stat.empty() ||
            stat.find(") Z ") != std::string::npos; // a zombie waits for a parent that is not ours
    }
    EXPECT_TRUE(gone) << "process " << child << " still runs";
}

TEST_F(SandboxEcs, StoppedBeforeItStartedNeverRuns) {
    program("echo ran\n");
    const std::string arn = run();
    ecs->stop_task({{"cluster", "snow-white"}, {"task", arn}}, clock.now());
    watch(arn, "STOPPED");
    EXPECT_FALSE(describe(arn)["containers"][0].contains("exitCode"));
    EXPECT_NE(error_of([&] { lines(arn); }).find("log stream does not exist"), std::string::npos);
}

TEST_F(SandboxEcs, SaysWhenTheProgramCannotBeStarted) {
    start_ecs((directory / "nothing").string());
    const std::string arn = run();
    watch(arn, "STOPPED");
    EXPECT_EQ(describe(arn)["stopCode"], "TaskFailedToStart");
    EXPECT_NE(describe(arn)["stoppedReason"].get<std::string>().find("CannotStartContainerError"),
              std::string::npos);
    start_ecs("");
    EXPECT_EQ(ecs->run_task(request(), clock.now())["failures"].size(), 1U);
}

TEST_F(SandboxEcs, RefusesWhatEcsRefuses) {
    program("true\n");
    const auto code = [&](const Json& more) { return error_of([&] { run(more); }); };
    const auto network = [](const std::string& subnet, const std::string& group) {
        return Json{
            {"networkConfiguration",
             {{"awsvpcConfiguration", {{"subnets", {subnet}}, {"securityGroups", {group}}}}}}};
    };
    EXPECT_EQ(code({{"cluster", "other"}}), "ClusterNotFoundException: Cluster not found.");
    EXPECT_EQ(code({{"taskDefinition", "other"}}), "ClientException: TaskDefinition not found.");
    EXPECT_EQ(code({{"networkConfiguration", Json::object()}}),
              "InvalidParameterException: Network Configuration must be provided when networkMode "
              "'awsvpc' "
              "is specified.");
    EXPECT_NE(code(network("subnet-x", "sg-0a1b2c3d4e5f60718"))
                  .find("The subnet ID 'subnet-x' does not exist"),
              std::string::npos);
    EXPECT_NE(code(network("subnet-0a1b2c3d4e5f60718", "sg-x"))
                  .find("The security group 'sg-x' does not exist"),
              std::string::npos);
    EXPECT_EQ(
        code({{"overrides", {{"containerOverrides", {{{"name", "web"}}}}}}}),
        "InvalidParameterException: Override for container named web is not a container in the "
        "TaskDefinition.");
    const Json long_override = {
        {"name", "snow-white"},
        {"environment", {{{"name", "X"}, {"value", std::string(8200, 'x')}}}}};
    EXPECT_NE(code({{"overrides", {{"containerOverrides", {long_override}}}}}), "no error");
    EXPECT_NE(code({{"startedBy", "a@b.c"}}), "no error");
    EXPECT_NE(code({{"startedBy", std::string(129, 'a')}}), "no error");
    EXPECT_NE(code({{"clientToken", std::string(65, 'a')}}), "no error");
    EXPECT_NE(code({{"count", 11}}), "no error");
    EXPECT_NE(code({{"launchType", "EC2"}}), "no error");
}

TEST_F(SandboxEcs, StartsOneTaskForOneClientToken) {
    program("exec sleep 100\n");
    const std::string first = run({{"clientToken", "t1"}});
    EXPECT_EQ(run({{"clientToken", "t1"}}), first);
    EXPECT_NE(run({{"clientToken", "t2"}}), first);
    EXPECT_EQ(error_of([&] {
                  run({{"clientToken", "t1"}, {"startedBy", "bob"}});
              }).find("ConflictException"),
              0U);
    EXPECT_EQ(
        ecs->list_tasks({{"cluster", "snow-white"}, {"startedBy", "alice"}})["taskArns"].size(),
        2U);
    EXPECT_EQ(ecs->list_tasks({{"cluster", "snow-white"}, {"startedBy", "bob"}})["taskArns"].size(),
              0U);
    const Json missing =
        ecs->describe_tasks({{"cluster", "snow-white"}, {"tasks", {"0000"}}}, clock.now());
    EXPECT_EQ(missing["failures"][0]["reason"], "MISSING");
}

TEST_F(SandboxEcs, ServesMetadataAndCredentialsOfATask) {
    program("env\n");
    const std::string arn = run();
    watch(arn, "STOPPED");
    const std::string id = arn.substr(arn.rfind('/') + 1);
    const Json metadata = ecs->task_metadata(id, clock.now());
    EXPECT_EQ(metadata["TaskARN"], arn);
    EXPECT_EQ(metadata["Cluster"], "arn:aws:ecs:us-east-1:123456789012:cluster/snow-white");
    EXPECT_EQ(metadata["Family"], "snow-white");
    EXPECT_EQ(metadata["Containers"][0]["Name"], "snow-white");
    EXPECT_EQ(metadata["Containers"][0]["LogOptions"],
              (Json{{"awslogs-group", log_group},
                    {"awslogs-region", "us-east-1"},
                    {"awslogs-stream", "snow-white/snow-white/" + id}}));
    EXPECT_EQ(ecs->container_metadata(id, clock.now())["Name"], "snow-white");
    const std::string secret = credentials_id(lines(arn));
    EXPECT_EQ(ecs->credentials(secret)["RoleArn"], "arn:aws:iam::123456789012:role/TaskRole");
    EXPECT_EQ(ecs->credentials(secret)["Token"], id);
    EXPECT_TRUE(ecs->credentials(id).is_null());
    EXPECT_TRUE(ecs->credentials("").is_null());
    EXPECT_TRUE(ecs->task_metadata("0000", clock.now()).is_null());
}

TEST(LogStoreTest, PagesForwardAndSaysTheSameTokenAtTheEnd) {
    LogStore logs;
    logs.create_stream("g", "s");
    for (int n = 0; n < 5; ++n)
        logs.put("g", "s", std::to_string(n), Instant(Duration(1000 + n)));
    Json ask = {
        {"logGroupName", "g"}, {"logStreamName", "s"}, {"startFromHead", true}, {"limit", 2}};
    std::string text;
    std::string token;
    for (;;) {
        const Json page = logs.get_log_events(ask);
        for (const auto& event : page["events"])
            text += event["message"].get<std::string>();
        if (page["nextForwardToken"] == token) break;
        token = page["nextForwardToken"];
        ask["nextToken"] = token;
    }
    EXPECT_EQ(text, "01234");
    logs.put("g", "s", "5", Instant(Duration(1005)));
    EXPECT_EQ(logs.get_log_events(ask)["events"][0]["message"],
              "5"); // the token continues from there
}

// CloudWatch promises neither that a line is there at once nor that a page is full.
TEST(LogStoreTest, DeliversLateInShortPagesWithEmptyOnesBetween) {
    LogStore logs;
    logs.create_stream("g", "s");
    logs.deliver_late({.lag = 4s, .page = 2});
    const snow_white::Instant begun{std::chrono::hours{500'000}};
    for (const char* const line : {"1", "2", "3"})
        logs.put("g", "s", line, begun);
    Json ask = {{"logGroupName", "g"}, {"logStreamName", "s"}, {"startFromHead", true}};
    EXPECT_EQ(logs.get_log_events(ask, begun + 3s)["events"].size(), 0U);
    std::string seen;
    std::vector<std::size_t> sizes;
    for (std::string token = "none"; ask.value("nextToken", "") != token;) {
        ask["nextToken"] = token;
        if (token == "none") ask.erase("nextToken");
        const Json page = logs.get_log_events(ask, begun + 5s);
        ask["nextToken"] = token;
        token = page["nextForwardToken"];
        sizes.push_back(page["events"].size());
        for (const Json& event : page["events"])
            seen += event["message"].get<std::string>();
    }
    EXPECT_EQ(seen, "123");
    EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 2, 0, 1, 0}));
}

TEST(LogStoreTest, ShowsTheLatestUnlessAskedFromTheHead) {
    LogStore logs;
    for (int n = 0; n < 5; ++n)
        logs.put("g", "s", std::to_string(n), Instant(Duration(1000 + n)));
    Json ask = {{"logGroupName", "g"}, {"logStreamName", "s"}, {"limit", 2}};
    const Json latest = logs.get_log_events(ask);
    EXPECT_EQ(latest["events"][0]["message"], "3");
    EXPECT_EQ(latest["events"][1]["message"], "4");
    ask["nextToken"] = latest["nextBackwardToken"];
    EXPECT_EQ(logs.get_log_events(ask)["events"][1]["message"], "2");
    ask.erase("nextToken");
    ask["startTime"] = 1001;
    ask["endTime"] = 1003;
    EXPECT_EQ(logs.get_log_events(ask)["events"].size(), 2U);
    ask["nextToken"] = "f/nonsense";
    EXPECT_THROW(logs.get_log_events(ask), AwsError);
    EXPECT_THROW(logs.get_log_events({{"logGroupName", "g"}, {"logStreamName", "other"}}),
                 AwsError);
    EXPECT_THROW(logs.get_log_events({{"logGroupName", "other"}, {"logStreamName", "s"}}),
                 AwsError);
}

} // namespace

} // namespace ecs_test
