// The documents of the real template on a booted instance, run as the SSM agent runs them. Needs
// root.
#include "sandbox/instances/fleet.hpp"
#include "sandbox/ssm/document_library.hpp"
#include "sandbox/stack/stack.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace sandbox {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using snow_white::Instant;

const fs::path checkout = SNOW_WHITE_CHECKOUT;

Instant now() {
    return std::chrono::time_point_cast<snow_white::Duration>(std::chrono::system_clock::now());
}

std::string read(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

Json document(const std::string& logical_id, std::map<std::string, std::string> parameters = {}) {
    DeployOptions options;
    options.parameters = std::move(parameters);
    return deploy(read(checkout / "cfn/snow-white-cfn.yml"), options)
        .find(logical_id)
        ->properties["Content"];
}

Json script(const Json& inputs) {
    return {{"schemaVersion", "2.2"},
            {"mainSteps",
             {{{"name", "workers"}, {"action", "aws:runShellScript"}, {"inputs", inputs}}}}};
}

class BootedHostTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (geteuid() != 0) return;
        fs::create_directories(script_in_s3.parent_path());
        fleet = std::make_unique<BootedFleet>(checkout, logs);
        fleet->prepare_root();
        redis = fleet->start_redis();
        host = std::move(fleet->boot({{"i-0123456789abcdef0", Layout::sidekiq}}).front());
    }
    static void TearDownTestSuite() {
        host.reset();
        fleet.reset();
    }
    void SetUp() override {
        if (!host) GTEST_SKIP() << "booted instances need root";
    }

    static std::vector<StepResult> run(const Json& content, const std::string& command,
                                       // as SendCommand does
                                       const Json& parameters = Json::object()) {
        const auto running =
            host->run(content, resolve_parameters(content, parameters), command, now());
        for (int looks = 0; looks < 1200 && !running->finished(now()); ++looks)
            std::this_thread::sleep_for(50ms);
        EXPECT_TRUE(running->finished(now())) << "not finished within a minute";
        return running->steps();
    }
    static std::string output(const Json& inputs, const std::string& command) {
        return run(script(inputs), command).at(0).standard_output;
    }

    static inline const fs::path logs = checkout / "build/test-logs/booted-host";
    static inline const fs::path script_in_s3 = logs / "s3/acme-scripts/snow-white/instance.sh";
    static inline std::unique_ptr<BootedFleet> fleet;
    static inline RedisAccess redis;
    static inline std::unique_ptr<Host> host;
};

// What Redis answers to PING from a client with these variables.
std::string ping(int port, const std::vector<std::string>& environment) {
    const MemoryFile output;
    ProcessSpec spec;
    spec.arguments = {"redis-cli", "-p", std::to_string(port), "ping"};
    spec.environment = environment;
    spec.standard_output = output.descriptor();
    Process(spec).wait_for(10s);
    return output.first(1000);
}

// The processes of this machine: any user can list them.
bool is_on_a_command_line(const std::string& text) {
    for (const auto& process : fs::directory_iterator("/proc"))
        if (read(process.path() / "cmdline").find(text) != std::string::npos) return true;
    return false;
}

TEST_F(BootedHostTest, RedisWantsAPasswordThatNoOtherUserReads) {
    EXPECT_NE(ping(redis.port, {}).find("NOAUTH"), std::string::npos);
    EXPECT_EQ(ping(redis.port, {"REDISCLI_AUTH=" + redis.password}), "PONG\n");
    EXPECT_EQ(redis.password.size(), 64U);
    EXPECT_FALSE(is_on_a_command_line(redis.password));
    EXPECT_EQ(
        output({{"runCommand", {"stat -c %a /opt/elasticbeanstalk/deployment/env"}}}, "c-env"),
        "600\n");
}

void expect_status(const StepResult& step) {
    EXPECT_EQ(step.name, "workers");
    EXPECT_EQ(step.exit_code, 0) << step.standard_error;
    const Json line = Json::parse(step.standard_output);
    EXPECT_EQ(line["outcome"], "done");
    EXPECT_EQ(line["workers"][0]["unit"], "sidekiq.service");
}

TEST_F(BootedHostTest, RunsTheScriptThatTheTemplatesDocumentCarries) {
    const auto steps = run(document("StatusSideKiqDocument"), "c-status");
    ASSERT_EQ(steps.size(), 1U);
    expect_status(steps[0]);
    const Json line = Json::parse(steps[0].standard_output);
    EXPECT_EQ(host->workers(now())[0]["pid"], line["workers"][0]["pid"]);
}

TEST_F(BootedHostTest, RunsTheScriptFromGitHub) {
    const auto steps =
        run(document("StatusSideKiqDocument", {{"ScriptsSource", "github"}}), "c-github");
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].name, "download");
    EXPECT_EQ(steps[0].exit_code, 0) << steps[0].standard_error;
    expect_status(steps[1]);
}

// One unpacks to something else, the other does not unpack.
TEST_F(BootedHostTest, RefusesAPackedScriptThatWasChanged) {
    for (const auto& [wanted, put] :
         {std::pair{"sha256=", "sha256=f"}, std::pair{"echo H4sI", "echo H4sJ"}}) {
        Json content = document("QuietSideKiqDocument");
        std::string line = content["mainSteps"][0]["inputs"]["runCommand"][0];
        line.replace(line.find(wanted), std::string(wanted).size(), put);
        content["mainSteps"][0]["inputs"]["runCommand"][0] = line;
        const auto steps = run(content, std::string("c-packed-") + put[0]);
        ASSERT_EQ(steps.size(), 1U);
        EXPECT_EQ(steps[0].exit_code, 1);
        EXPECT_NE(steps[0].standard_error.find("nothing was run"), std::string::npos)
            << steps[0].standard_error;
        EXPECT_EQ(host->workers(now())[0]["state"], "running");
    }
}

TEST_F(BootedHostTest, RefusesAScriptOfAnotherHash) {
    const auto steps =
        run(document("QuietSideKiqDocument", {{"ScriptsSha256", std::string(64, 'a')}}), "c-hash");
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[1].exit_code, 1);
    EXPECT_EQ(steps[1].standard_output, "");
    EXPECT_NE(steps[1].standard_error.find("nothing was run"), std::string::npos)
        << steps[1].standard_error;
    EXPECT_EQ(host->workers(now())[0]["state"], "running");
}

TEST_F(BootedHostTest, RefusesWhenTheDownloadFailed) {
    Json content = document("QuietSideKiqDocument", {{"ScriptsSource", "github"}});
    content["mainSteps"][0]["inputs"]["sourceInfo"] =
        R"({"owner":"o","repository":"r","path":"../../../../etc/passwd","getOptions":""})";
    const auto steps = run(content, "c-download");
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].exit_code, 1);
    EXPECT_EQ(steps[1].exit_code, 1);
    EXPECT_NE(steps[1].standard_error.find("is not there"), std::string::npos);
}

// A private fork's stack: the document as it is deployed with the parameter ScriptsS3Path.
Json document_from_s3(const std::string& logical_id, const std::string& host_and_bucket) {
    return document(logical_id,
                    {{"ScriptsS3Path", "https://" + host_and_bucket + "/snow-white/instance.sh"}});
}

TEST_F(BootedHostTest, QuietsWithTheScriptFromS3) {
    fs::copy_file(checkout / "ssm/snow-white-instance.sh", script_in_s3,
                  fs::copy_options::overwrite_existing);
    const std::string style_of_host = "acme-scripts.s3.us-east-1.amazonaws.com";
    const std::string style_of_path = "s3.us-east-1.amazonaws.com/acme-scripts";
    const auto quiet = run(document_from_s3("QuietSideKiqDocument", style_of_host), "c-s3-quiet");
    ASSERT_EQ(quiet.size(), 2U);
    EXPECT_EQ(quiet[0].exit_code, 0) << quiet[0].standard_error;
    EXPECT_EQ(Json::parse(quiet[1].standard_output)["workers"][0]["state"], "idle");
    const auto wake = run(document_from_s3("WakeSideKiqDocument", style_of_path), "c-s3-wake");
    EXPECT_EQ(Json::parse(wake.at(1).standard_output)["workers"][0]["state"], "running");
}

TEST_F(BootedHostTest, RefusesAnObjectThatWasChanged) {
    std::ofstream(script_in_s3) << read(checkout / "ssm/snow-white-instance.sh")
                                << "touch /root/changed\n";
    const auto steps =
        run(document_from_s3("QuietSideKiqDocument", "acme-scripts.s3.us-east-1.amazonaws.com"),
            "c-s3-changed");
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].exit_code, 0) << "it is there, " << steps[0].standard_error;
    EXPECT_EQ(steps[1].exit_code, 1);
    EXPECT_NE(steps[1].standard_error.find("nothing was run"), std::string::npos)
        << steps[1].standard_error;
    EXPECT_EQ(output({{"runCommand", {"ls /root/changed 2>/dev/null; true"}}}, "c-s3-trace"), "");
    EXPECT_EQ(host->workers(now())[0]["state"], "running");
}

TEST_F(BootedHostTest, RefusesWhatIsNotInS3) {
    const auto missing =
        run(document_from_s3("QuietSideKiqDocument", "other-bucket.s3.us-east-1.amazonaws.com"),
            "c-s3-missing");
    EXPECT_NE(missing.at(0).standard_error.find("NoSuchKey"), std::string::npos);
    EXPECT_NE(missing.at(1).standard_error.find("is not there"), std::string::npos);
    const auto elsewhere =
        run(document_from_s3("QuietSideKiqDocument", "files.example.com/acme-scripts"), "c-s3-not");
    EXPECT_NE(elsewhere.at(0).standard_error.find("invalid S3 path"), std::string::npos);
}

TEST_F(BootedHostTest, UnpacksIntoAPrivateFolderOfTheCommand) {
    run(document("StatusSideKiqDocument"), "c-unpacked");
    const std::string folder =
        "/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/c-unpacked";
    EXPECT_EQ(output({{"runCommand",
                       {"stat -c '%a %U' " + folder + " " + folder + "/workers; ls " + folder +
                        " " + folder + "/workers"}}},
                     "c-list"),
              "700 root\n700 root\n" + folder + ":\nworkers\n\n" + folder +
                  "/workers:\n_script.sh\nsnow-white-instance.sh\n");
}

TEST_F(BootedHostTest, DownloadsIntoAPrivateFolderOfTheCommand) {
    run(document("StatusSideKiqDocument", {{"ScriptsSource", "github"}}), "c-folder");
    const std::string folder =
        "/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/c-folder";
    EXPECT_EQ(output({{"runCommand",
                       {"stat -c '%a %U' " + folder + " " + folder + "/downloads " + folder +
                        "/downloads/snow-white-instance.sh " + folder + "/workers/_script.sh"}}},
                     "c-stat"),
              "700 root\n700 root\n700 root\n700 root\n");
}

TEST_F(BootedHostTest, WorkingDirectoryAndEnvironmentAreTheAgents) {
    EXPECT_EQ(output({{"runCommand", {"pwd", "echo $SSM_COMMAND_ID $AWS_SSM_INSTANCE_ID $HOME-"}}},
                     "c-environment"),
              "/\nc-environment i-0123456789abcdef0 -\n");
    EXPECT_EQ(output({{"runCommand", {"pwd"}}, {"workingDirectory", "/srv/app"}}, "c-absolute"),
              "/srv/app\n");
    Json content = document("StatusSideKiqDocument", {{"ScriptsSource", "github"}});
    content["mainSteps"][1]["inputs"]["runCommand"] = {"pwd; ls"};
    EXPECT_EQ(
        run(content, "c-relative").at(1).standard_output,
        "/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/c-relative/downloads\n"
        "snow-white-instance.sh\n");
}

TEST_F(BootedHostTest, ParametersAreReplacedAsText) {
    Json content = script({{"runCommand", {"echo '{{ word }} {{word}}'", "{{ lines }}"}}});
    content["parameters"] = {{"word", {{"type", "String"}}}, {"lines", {{"type", "StringList"}}}};
    const auto steps =
        run(content, "c-parameters", {{"word", {"a"}}, {"lines", {"echo 1", "echo 2"}}});
    EXPECT_EQ(steps.at(0).standard_output, "a a\n1\n2\n");
}

TEST_F(BootedHostTest, OutputIsCut) {
    const auto steps = run(script({{"runCommand",
                                    {"head -c 30000 /dev/zero | tr '\\0' x; "
                                     "head -c 30000 /dev/zero | tr '\\0' y >&2; exit 7"}}}),
                           "c-cut");
    EXPECT_EQ(steps.at(0).standard_output.size(), 24000U);
    EXPECT_EQ(steps.at(0).standard_error.size(), 8000U);
    EXPECT_EQ(steps.at(0).exit_code, 7);
}

TEST_F(BootedHostTest, TimeoutKillsTheWholeGroup) {
    const auto running =
        host->run(script({{"runCommand", {"sleep 1234 & sleep 4321"}}, {"timeoutSeconds", "60"}}),
                  Json::object(), "c-timeout", now());
    EXPECT_FALSE(running->finished(now()));
    EXPECT_FALSE(running->finished(now() + 58s));
    EXPECT_TRUE(running->finished(now() + 61s));
    EXPECT_TRUE(running->steps().at(0).timed_out);
    EXPECT_EQ(running->steps().at(0).exit_code, 137);
    EXPECT_EQ(output({{"runCommand", {"pgrep -c sleep"}}}, "c-left"), "0\n");
}

TEST_F(BootedHostTest, CancelKillsTheWholeGroupAndBeginsNoOtherStep) {
    Json content = script({{"runCommand", {"sleep 1234 & sleep 4321"}}});
    content["mainSteps"].push_back(content["mainSteps"][0]);
    const auto running = host->run(content, Json::object(), "c-cancel", now());
    EXPECT_FALSE(running->finished(now()));
    running->cancel();
    for (int looks = 0; looks < 100 && !running->finished(now()); ++looks)
        std::this_thread::sleep_for(10ms);
    ASSERT_TRUE(running->finished(now()));
    EXPECT_EQ(running->steps().size(), 1U);
    EXPECT_EQ(running->steps().at(0).exit_code, 137);
    EXPECT_EQ(output({{"runCommand", {"pgrep -c sleep"}}}, "c-left-again"), "0\n");
}

TEST_F(BootedHostTest, AfterTheEndEveryDocumentFails) {
    BootedFleet other(checkout, checkout / "build/test-logs/booted-host");
    const auto hosts = other.boot({{"i-0123456789abcdef1", Layout::web}});
    other.take_down();
    const auto running =
        hosts.front()->run(document("StatusSideKiqDocument"), Json::object(), "c-end", now());
    EXPECT_TRUE(running->finished(now()));
    EXPECT_EQ(running->steps().at(0).exit_code, 1);
    EXPECT_EQ(hosts.front()->workers(now()), Json::array());
}

TEST(BootedFleetTest, MoreThanFitAreRefusedBeforeAnyIsBooted) {
    if (geteuid() != 0) GTEST_SKIP() << "booted instances need root";
    BootedFleet fleet(checkout, fs::temp_directory_path());
    EXPECT_THROW(fleet.boot(std::vector<InstanceToBoot>(100000)), std::runtime_error);
}

} // namespace
} // namespace sandbox
