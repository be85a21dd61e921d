#include "sandbox/server/up.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/instances/fleet.hpp"
#include "sandbox/server/http_server.hpp"
#include "sandbox/server/redis_server.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/slack/web_api.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "src/base/system_clock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <unistd.h>

namespace sandbox {

namespace {

// For what a client of the sandbox needs on disk; it goes with this object.
class PrivateDirectory {
public:
    // Mode 0700. Failure: std::runtime_error.
    PrivateDirectory() {
        std::string name =
            (std::filesystem::temp_directory_path() / "snow-white-sandbox-XXXXXX").string();
        if (!mkdtemp(name.data()))
            fail<std::runtime_error>("cannot make a directory like {}: {}", name,
                                     std::strerror(errno));
        path_ = name;
    }
    ~PrivateDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string keys(const std::string& profile, const Credential& credential) {
    return fmt::format("[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n\n", profile,
                       credential.access_key, credential.secret);
}

// AWS's config and credentials files. Profile default is the administrator; staging and production
// are alice; bob is bob; deploy is the role Deploy, assumed from staging.
void write_client_files(const std::filesystem::path& directory, const Sandbox& sandbox,
                        const std::string& region) {
    std::string config = fmt::format("[default]\nregion = {}\n\n", region);
    for (const char* const profile : {"staging", "production", "bob"})
        config += fmt::format("[profile {}]\nregion = {}\n\n", profile, region);
    // The AWS CLI keeps the sessions of a role in its cache: a name of its own keeps those of
    // another sandbox out.
    config += fmt::format("[profile deploy]\nregion = {}\nrole_arn = {}\nrole_session_name = "
                          "release-{}\nsource_profile = staging\n",
                          region, sandbox.role_arn("Deploy"), random_hex(4));
    write_file(directory / "config", config);

    std::string credentials = keys("default", sandbox.credential_of("administrator"));
    for (const char* const profile : {"staging", "production"})
        credentials += keys(profile, sandbox.credential_of("alice"));
    write_file(directory / "credentials", credentials + keys("bob", sandbox.credential_of("bob")));
}

constexpr Duration tick{250}; // how often commands move on when nobody asks for them

RedisAccess boot_hosts(BootedFleet& fleet, FleetPlan& plan) {
    fleet.prepare_root();
    const RedisAccess redis = fleet.start_redis();
    std::vector<InstanceToBoot> wanted;
    std::vector<Instance*> instances;
    for (RegionPlan* const region : plan.regions())
        for (std::size_t i = 0; i < region->layouts.size(); ++i) {
            instances.push_back(&region->state.instances[i]);
            wanted.push_back({instances.back()->id, region->layouts[i], region->state.region});
        }
    auto hosts = fleet.boot(wanted);
    for (std::size_t i = 0; i < hosts.size(); ++i)
        instances[i]->host = std::move(hosts[i]);
    return redis;
}

std::string url_of(const RedisAccess& redis) {
    // With the user's name, which redis-cli -u needs.
    return fmt::format("redis://default:{}@127.0.0.1:{}/0", redis.password, redis.port);
}

void serve_redis(RedisServer& server, Sandbox& sandbox) {
    server.serve({.connect = [&sandbox] { return sandbox.connect_to_redis(); },
                  .receive =
                      [&sandbox](RedisSession& session, std::string_view bytes) {
                          return sandbox.ask_redis(session, bytes);
                      }});
}

void print_exports(const std::string& url, const std::filesystem::path& directory,
                   const Credential& credential, const std::string& region,
                   const RedisAccess& redis, const std::string& sidekiq_redis_url) {
    const auto line = [](const std::string& name, const std::string& value) {
        fmt::print("export {}='{}'\n", name, value);
    };
    line("AWS_ENDPOINT_URL", url);
    line("SLACK_API_URL", url + web_api_path);
    line("AWS_ACCESS_KEY_ID", credential.access_key);
    line("AWS_SECRET_ACCESS_KEY", credential.secret);
    line("AWS_REGION", region);
    line("AWS_DEFAULT_REGION", region);
    line("AWS_CONFIG_FILE", directory / "config");
    line("AWS_SHARED_CREDENTIALS_FILE", directory / "credentials");
    line("ECS_CLUSTER_REGION", region);
    line("ECS_CLUSTER_NAME", cluster_name);
    line("vpc_id", vpc_id);
    line("subnet_id", subnet_id);
    line("sec_group", security_group_id);
    if (redis.port > 0) {
        line("SNOW_WHITE_REDIS_PORT", std::to_string(redis.port));
        line("REDISCLI_AUTH", redis.password); // where redis-cli looks for it
    }
    if (!sidekiq_redis_url.empty()) line("SIDEKIQ_REDIS_URL", sidekiq_redis_url);
    line("SNOW_WHITE_SANDBOX_PID", std::to_string(getpid()));
    std::fflush(stdout);
}

// `eval "$(snow-white-sandbox up … &)"` waits for the end of the output, not of the process.
void close_stdout() {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        throw std::runtime_error("cannot close the output");
    close(nowhere);
}

// Not so young that an agent or a worker may still be about to start. The workers are younger: they
// run the jobs of now.
void make_instances_older(FleetPlan& plan) {
    for (RegionPlan* const region : plan.regions())
        for (Instance& instance : region->state.instances)
            instance.launched -= std::chrono::hours{24};
}

} // namespace

void up(const UpOptions& options) {
    snow_white::SystemClock clock; // takes the signals in, so it comes before any thread
    const PrivateDirectory directory;
    const std::filesystem::path log = options.log.empty() ? directory.path() / "log" : options.log;
    std::filesystem::create_directories(log);
    std::optional<Sandbox> sandbox; // outlives the server's threads, which call it
    HttpServer server(options.port, options.relayed);
    std::optional<RedisServer> redis_server;

    FleetPlan plan = plan_fleet(options.application, options.environments, clock.now());
    std::optional<BootedFleet> fleet;
    RedisAccess redis;
    if (options.simulated && options.redis) redis = {redis_server.emplace().port(), random_hex(32)};
    if (options.simulated)
        simulate_hosts(plan, options.drain, *options.sidekiq);
    else
        redis = boot_hosts(fleet.emplace(options.checkout, std::filesystem::absolute(log)), plan);
    make_instances_older(plan);

    SandboxOptions wiring{.base_url = server.url(),
                          .template_text = read_file(options.checkout / "cfn/snow-white-cfn.yml"),
                          .program = std::filesystem::absolute(options.program),
                          .log_directory = std::filesystem::absolute(log),
                          .faults = options.faults,
                          .emoji_picture = read_file(options.checkout / "images/snowwhite.png"),
                          .slack_bot = options.slack_bot,
                          .sidekiq_redis_url = !options.sidekiq_redis.empty()
                                                   ? options.sidekiq_redis
                                               : options.redis ? url_of(redis)
                                                               : "",
                          .redis_password = redis.password,
                          .sidekiq = options.sidekiq,
                          .log_lag = options.log_lag};
    if (options.simulated)
        wiring.make_host = [&options](const Instance& one) {
            return simulated_host(one, options.drain, *options.sidekiq);
        };
    if (redis_server)
        wiring.accept_redis_connections = [&redis_server](bool accepts) {
            redis_server->accept_connections(accepts);
        };
    sandbox.emplace(std::move(plan), clock, wiring);
    write_client_files(directory.path(), *sandbox, home_region);
    server.serve([&sandbox](const HttpRequest& request) { return sandbox->handle(request); });
    if (redis_server) serve_redis(*redis_server, *sandbox);
    print_exports(server.url(), directory.path(), sandbox->credential_of("administrator"),
                  home_region, redis, wiring.sidekiq_redis_url);
    close_stdout();
    fmt::print(
        stderr,
        "snow-white-sandbox: ready at {} (fleet and inbox: open it in a browser); logs in {}\n",
        server.url(), log.string());
    while (!clock.interrupted()) {
        clock.wait(tick);
        sandbox->advance();
    }
    fmt::print(stderr, "snow-white-sandbox: taking everything down\n");
}

} // namespace sandbox
