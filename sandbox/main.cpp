// The command line of the sandbox. Exit codes: 0 taken down as asked, 1 something did not work, 2
// wrong input.
#include "sandbox/base/fail.hpp"
#include "sandbox/server/up.hpp"
#include "sandbox/world/drain_time.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
using sandbox::UpOptions;

const char* const about =
    R"help(A local AWS on one port of 127.0.0.1, with instances that run Sidekiq, and a Slack inbox.

It prints `export NAME='value'` lines when it is ready, then stays until SIGINT or SIGTERM and takes everything
down. Open its address in a browser to see the fleet and the inbox. To other web pages, and to other names that lead
to this machine, it answers 403.

  eval "$(snow-white-sandbox up --environment acme-workers=3 --environment acme-web=1:web --simulated &)"
  test -n "$SNOW_WHITE_SANDBOX_PID" && aws elasticbeanstalk describe-environments
  test -n "$SNOW_WHITE_SANDBOX_PID" && ./snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1
  kill $SNOW_WHITE_SANDBOX_PID

Without `test` a command would go to your real AWS account, if the sandbox did not start.

Exported: AWS_ENDPOINT_URL, SLACK_API_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_DEFAULT_REGION,
AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE (profile default, and the keys above: an administrator; staging and production: the IAM
user alice, who has the operators' policies and a Slack user id; bob: a user without that id; deploy: the role
Deploy), ECS_CLUSTER_REGION, ECS_CLUSTER_NAME, vpc_id, subnet_id, sec_group,
SNOW_WHITE_SANDBOX_PID; when instances are booted, or with --redis, SNOW_WHITE_REDIS_PORT and REDISCLI_AUTH, the
password: redis-cli -p $SNOW_WHITE_REDIS_PORT; with --redis SIDEKIQ_REDIS_URL.

Every region of AWS is there; a request's signature says which one it is for. The cluster, its tasks and the subnets
are in us-east-1, where the exports point.

To look: GET /_sandbox/stats (calls, timeline), /_sandbox/slack (messages), /_sandbox/fleet (workers),
/_sandbox/requests (as received), /_sandbox/shapes (what each action accepts).
To break Slack: POST /_sandbox/slack/fail {"status": 503, "times": 3, "retry_after": 1}, or of its Web API
{"error": "not_in_channel", "times": 1}
To break anything else: --fault, or POST /_sandbox/faults (see the end)
To change simulated instances: POST /_sandbox/instances {"do": "terminate", "instances": ["i-..."]} (or stop, start,
reboot, lose-agent, restore-agent), {"do": "launch", "environment": "acme-workers", "count": 2}; "region": "eu-west-1" in
either for another region than us-east-1
To change what the simulated Redis says: POST /_sandbox/redis {"do": "add", "host": "console-1", "pid": 77,
"queues": ["default"], "busy": 1, "up_for": 7200} (a process on no instance; also "embedded", "quiet", "ghost",
"silent_for", "sidekiq", "count", "fields"), {"do": "remove", "host": "console-1"}, {"do": "set", "queues":
{"default": 120}, "schedule": 3, "retry": 1, "dead": 0, "paused": ["mailers"], "frozen": true}, {"do": "break",
"how": "hang", "on": "SMEMBERS", "times": 1} (or refuse, cut, garbage, loading, denied), {"do": "repair"},
{"do": "restart"}. GET /_sandbox/redis counts the commands that it was asked.
To take rights away: POST /_sandbox/withhold {"caller": "user/alice", "actions": ["ecs:RunTask"]} ([] gives them back)

Exit codes: 0 taken down as asked, 1 something did not work, 2 wrong input.)help";

const std::string about_faults = R"help(
Faults: SERVICE is a service ("ssm"), slack (action Post, or a method such as chat.update), metadata (actions Task, Credentials: what ECS gives a
container), aws (all but these two) or *; REGION limits the rule to AWS's calls that are for it: aws@eu-west-1:*=unavailable is an
outage of that region; ACTION is one of its actions or *. CONDITIONS, of which all must hold:
from=10s, until=1m (since the start, or since the rules were posted), first=N (of the calls that match), every=K
(each K-th), p=0.1 and seed=N (with that probability), over=5 (beyond so many calls a second, as AWS throttles: a
bucket of as many tokens); for=5s is the pause of slow. The first rule that strikes is the
call's. POST /_sandbox/faults ["ssm:*=throttled,p=0.5"] sets all rules anew, [] none. Kinds:
)help";

sandbox::DrainTime parse_drain(const std::string& text) {
    if (const auto time = sandbox::parse_drain_time(text)) return *time;
    sandbox::fail<std::invalid_argument>(
        "--drain '{}': wanted a number and a unit (ms, s, m or h), e.g. 30s, or two of them, "
        "the longer one last, e.g. 5s..2m",
        text);
}

sandbox::Duration parse_lag(const std::string& text) {
    if (const auto lag = sandbox::parse_duration(text)) return *lag;
    sandbox::fail<std::invalid_argument>("--log-lag '{}': wanted a duration, e.g. 500ms or 4s",
                                         text);
}

const sandbox::SidekiqRelease* parse_release(const std::string& text) {
    if (const auto* const release = sandbox::release_named(text)) return release;
    sandbox::fail<std::invalid_argument>("--sidekiq '{}': wanted 5.2, 6.4, 7.3 or 8.1", text);
}

fs::path own_folder() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

// The checkout that this binary was built in, or that one stands in.
fs::path find_checkout() {
    for (const fs::path& start : {own_folder(), fs::current_path()})
        for (fs::path folder = start; folder != folder.root_path(); folder = folder.parent_path())
            if (fs::exists(folder / "cfn/snow-white-cfn.yml")) return folder;
    throw std::invalid_argument("cfn/snow-white-cfn.yml is neither above " + own_folder().string() +
                                " nor above this folder; run this from a checkout of Snow White");
}

struct RawOptions {
    std::vector<std::string> environments;
    std::vector<std::string> faults;
    std::string drain = "30s";
    std::string program = (own_folder().parent_path() / "container/snow-white").string();
    std::string log;
    std::string log_lag;
    std::string sidekiq{sandbox::default_release.name};
};

void declare(CLI::App& up, RawOptions& raw, UpOptions& options) {
    up.add_option(
          "--environment", raw.environments,
          "[REGION/]NAME=COUNT[:LAYOUT][@TIER], may be repeated: an environment and how many "
          "instances it has. LAYOUT: procfile (the default: worker.service with `bundle exec "
          "sidekiq`, as Elastic Beanstalk makes it), sidekiq (a unit of one's own, "
          "sidekiq.service), pair (two processes under worker.service) or web (puma, no Sidekiq). "
          "The same NAME again adds instances to it. REGION: another one than us-east-1, e.g. "
          "eu-west-1/acme-workers=2; the stack is deployed there, too. TIER: WebServer, Worker "
          "(the default) or Cluster (pods on EKS, so COUNT is 0)")
        ->allow_extra_args(false);
    up.add_option("--application", options.application, "the Elastic Beanstalk application")
        ->capture_default_str();
    up.add_flag(
        "--simulated", options.simulated,
        "models of instances, up to 20,000; without it they are booted for real, which needs root");
    up.add_option(
          "--drain", raw.drain,
          "simulated: jobs end spread over this time after the quiet, e.g. 500ms, 30s, 2m, 6h; "
          "or at random, each instance's own time between two, e.g. 5s..2m")
        ->capture_default_str();
    up.add_flag("--slack-bot", options.slack_bot,
                "the stack has a bot's token for Slack's Web API, not a webhook");
    up.add_flag("--redis", options.redis,
                "the stack has Sidekiq's Redis (parameter SidekiqRedisUrl), and SIDEKIQ_REDIS_URL "
                "is exported: the booted instances' real one, or a simulated one");
    up.add_option("--sidekiq", raw.sidekiq,
                  "simulated: the release whose structures are in the simulated Redis: 5.2, 6.4, "
                  "7.3 or 8.1")
        ->capture_default_str();
    up.add_option("--sidekiq-redis", options.sidekiq_redis,
                  "another SidekiqRedisUrl of the stack, e.g. redis://:PASSWORD@127.0.0.1:6379");
    up.add_option(
          "--fault", raw.faults,
          "SERVICE[@REGION]:ACTION=KIND[,CONDITION...], may be repeated: what goes wrong, e.g. "
          "ssm:ListCommands=throttled,first=3 (see below)")
        ->allow_extra_args(false);
    up.add_option(
        "--log-lag", raw.log_lag,
        "e.g. 4s: CloudWatch's lines come so late, in short pages with empty ones between them");
    up.add_option("--port", options.port, "0 takes a free one")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    up.add_flag(
        "--relayed", options.relayed,
        "answer also to other addresses and ports of loopback, at which relays to it stand; "
        "else only to its own port of 127.0.0.1, localhost and [::1]");
    up.add_option("--program", raw.program,
                  "what a Fargate task runs (default: ../container/snow-white, from this binary)");
    up.add_option("--log", raw.log,
                  "folder for the output of tasks and instances (default: one that is removed at "
                  "the end)");
}

void validate(const RawOptions& raw, UpOptions& options) {
    if (raw.environments.empty())
        throw std::invalid_argument(
            "no --environment was given; wanted at least one, e.g. --environment acme-workers=3");
    for (const std::string& text : raw.environments)
        options.environments.push_back(sandbox::parse_environment_spec(text));
    for (const std::string& text : raw.faults)
        options.faults.push_back(sandbox::parse_fault(text));
    options.drain = parse_drain(raw.drain);
    options.log_lag = raw.log_lag.empty() ? sandbox::Duration{0} : parse_lag(raw.log_lag);
    options.sidekiq = parse_release(raw.sidekiq);
    options.program = raw.program;
    options.log = raw.log;
    options.checkout = find_checkout();
    if (options.application.empty() || options.application.size() > 100)
        throw std::invalid_argument("--application: wanted 1 to 100 characters");
}

int wrong_input(const std::string& message) {
    std::cerr << "snow-white-sandbox: " << message << " (see snow-white-sandbox up --help)\n";
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app;
    RawOptions raw;
    UpOptions options;
    CLI::App& up = *app.add_subcommand("up", about);
    up.footer(about_faults + sandbox::describe_fault_kinds());
    declare(up, raw, options);
    try {
        app.parse(argc, argv);
        if (!up.parsed())
            throw std::invalid_argument("nothing to do; wanted: snow-white-sandbox up …");
        validate(raw, options);
    } catch (const CLI::CallForHelp&) { // of either: there is but one command
        std::cout << up.help("snow-white-sandbox");
        return 0;
    } catch (const CLI::ParseError& fault) {
        return wrong_input(fault.what());
    } catch (const std::invalid_argument& fault) {
        return wrong_input(fault.what());
    }
    try {
        sandbox::up(options);
        return 0;
    } catch (const std::invalid_argument& fault) {
        return wrong_input(fault.what());
    } catch (const std::exception& fault) {
        std::cerr << "snow-white-sandbox: " << fault.what() << "\n";
        return 1;
    }
}
