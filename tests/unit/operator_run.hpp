// The whole program at an operator's prompt, against the whole sandbox, in one process and in
// simulated time.
#pragma once

#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "src/cli/session/context.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/read_and_close.hpp"
#include "tests/unit/sandbox_http.hpp"
#include "tests/unit/temporary_files.hpp"

#include <fmt/format.h>
#include <fstream>
#include <optional>

namespace test {

using namespace std::chrono_literals;
using namespace snow_white;
using report::ExitCode;

class OperatorRun {
public:
    struct Ended {
        ExitCode code;
        std::string out;
        std::string err;
    };

    static std::string text_of(const std::string& path) {
        std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void open(const std::vector<sandbox::EnvironmentSpec>& environments) {
        auto plan = sandbox::plan_fleet("acme", environments, clock.now());
        sandbox::simulate_hosts(plan, 6h);
        sandbox::SandboxOptions options;
        options.template_text = template_text;
        options.program = program;
        options.sidekiq_redis_url = sidekiq_redis;
        box.emplace(std::move(plan), clock, options);
        http.emplace(*box, clock);
    }

    Ended run(const std::string& action, const std::string& pattern, std::vector<std::string> more,
              const std::string& stack = "snow-white") {
        const auto key = box->credential_of(caller);
        std::map<std::string, std::string> variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
                                                     {"ECS_CLUSTER_REGION", cluster_region},
                                                     {"ECS_CLUSTER_NAME", cluster},
                                                     {"vpc_id", sandbox::vpc_id},
                                                     {"subnet_id", sandbox::subnet_id},
                                                     {"sec_group", sandbox::security_group_id},
                                                     {"assign_public_ip", public_ip},
                                                     {"CFN_STACK_NAME", stack},
                                                     {"SIDEKIQ_REDIS_URL", redis_at_the_prompt}};
        const Environment environment = files.environment(
            "[profile staging]\nregion = us-east-1\n",
            fmt::format("[staging]\naws_access_key_id = {}\naws_secret_access_key = x\n",
                        key.access_key),
            std::move(variables));
        std::vector<std::string> arguments{"-a",      action, "-e",   pattern, "-f",
                                           "staging", "-p",   "acme", "-r",    regions};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Context outside{environment, *http, clock, out, err};
        outside.sockets = sockets;
        outside.ask = ask;
        const ExitCode code = cli::run(arguments, outside);
        return {code, read_and_close(out), read_and_close(err)};
    }

    Ended dry_run(const std::string& pattern = "workers") {
        return run("quiet", pattern, {"--dry-run"});
    }

    // By a caller with administrator rights.
    sandbox::Json json(const std::string& service, const std::string& target,
                       const sandbox::Json& parameters) {
        sandbox::HttpRequest request;
        request.method = "POST";
        request.path = "/";
        request.trusted =
            sandbox::TrustedCaller{box->credential_of("administrator").access_key, service};
        request.headers.emplace("X-Amz-Target", target);
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        request.body = parameters.dump();
        return sandbox::Json::parse(box->handle(request).body);
    }

    sandbox::Json ssm(const std::string& action, const sandbox::Json& parameters) {
        return json("ssm", "AmazonSSM." + action, parameters);
    }

    sandbox::Json ecs(const std::string& action, const sandbox::Json& parameters) {
        return json("ecs", "AmazonEC2ContainerServiceV20141113." + action, parameters);
    }

    // The ID of a quiet that another operator has sent to those environments.
    std::string send_quiet(const std::vector<std::string>& environments,
                           const std::string& seen = "acme") {
        const std::string out = dry_run(seen).out;
        const auto from = out.find("snow-white-QuietSideKiqDocument");
        const std::string document = out.substr(from, out.find_first_of(": ", from) - from);
        const sandbox::Json targets = {
            {{"Key", "tag:elasticbeanstalk:environment-name"}, {"Values", environments}}};
        const auto sent = ssm("SendCommand", {{"DocumentName", document}, {"Targets", targets}});
        clock.advance(10s);
        return sent.at("Command").at("CommandId");
    }

    std::string status_of(const std::string& command) {
        return ssm("ListCommands", {{"CommandId", command}}).at("Commands").at(0).at("Status");
    }

    int calls(const std::string& service, const std::string& action) {
        const auto stats =
            sandbox::Json::parse(box->handle({.method = "GET", .path = "/_sandbox/stats"}).body);
        return stats.at("calls").value(service, sandbox::Json::object()).value(action, 0);
    }

    FakeClock clock;
    std::string template_text = text_of("cfn/snow-white-cfn.yml");
    snow_white::aws::Prompt ask;         // the person at the terminal; empty: nobody
    std::string caller = "alice";        // who has the rights that the template grants
    std::string program;                 // of the tasks; empty: none can be started
    std::string sidekiq_redis;           // the stack's SidekiqRedisUrl; empty: without
    std::string redis_at_the_prompt;     // SIDEKIQ_REDIS_URL; empty: not set
    sidekiq::Sockets* sockets = nullptr; // to Sidekiq's Redis
    std::string regions = "us-east-1";
    std::string cluster = sandbox::cluster_name;
    std::string cluster_region = "us-east-1";
    std::string public_ip = "ENABLED";
    std::optional<sandbox::Sandbox> box;
    std::optional<SandboxHttp> http;
    TemporaryFiles files;
};

} // namespace test
