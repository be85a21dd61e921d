// The whole sandbox without a socket: an HTTP request in, an HTTP response out, the time from a
// Clock. `sandbox up` puts it on a port; a test calls handle() itself, with a clock of its own, and
// names the caller in HttpRequest::trusted instead of signing. Every function is safe to call from
// several threads: one lock guards everything behind them.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/faults/fault.hpp"
#include "sandbox/redis/simulated_redis.hpp"
#include "sandbox/wire/http_message.hpp"
#include "sandbox/wire/identities.hpp"
#include "sandbox/world/fleet_change.hpp"
#include "sandbox/world/fleet_plan.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sandbox {

// Where the helper's settings point; the network's are in world/network.hpp.
inline const std::string cluster_name = "snow-white";

struct SandboxOptions {
    std::string base_url = "http://127.0.0.1:0"; // how callers and tasks reach this sandbox
    // cfn/snow-white-cfn.yml; empty: no stack exists. Deployed in the home region and wherever
    // environments are.
    std::string template_text;
    std::string program;       // what RunTask executes, absolute; empty: it answers failures[]
    std::string log_directory; // for the tasks' output; empty: no files
    std::vector<FaultRule> faults;
    HostMaker make_host; // of instances launched by POST /_sandbox/instances; empty: none can be
    std::string emoji_picture; // bytes of images/snowwhite.png, for the page; empty: there is none
    bool slack_bot = false;    // the stack has the bot's token, not the webhook
    // Of Sidekiq's Redis, for the stack's parameter SidekiqRedisUrl; empty: the stack has none.
    std::string sidekiq_redis_url;
    // Of the simulated workers' Redis, as the URL above has it; empty: it asks for none.
    std::string redis_password;
    const SidekiqRelease* sidekiq = &default_release; // of what is added to that Redis
    // Makes the port of that Redis accept connections, or refuse them. Empty: there is no port.
    std::function<void(bool)> accept_redis_connections;
    Duration log_lag{0}; // not 0: CloudWatch's lines come so late, in short pages and empty ones
};

class Sandbox {
public:
    // The account has the regions of the plan, and every other one of AWS with nothing in it. The
    // cluster, its tasks and the subnets are in the home region. It has the IAM users alice (tagged
    // slack_userid = U0ALICE00) and bob (no tag) and the role Deploy, each with the managed
    // policies of the home region's stack (all is granted where there is no stack), and the user
    // administrator, who may do everything. The stacks' roles may do what the template grants them.
    // Failure: as set_faults(); std::runtime_error for a template that cannot be deployed in each
    // of these regions.
    Sandbox(FleetPlan plan, Clock& clock, SandboxOptions options);
    // Of one region.
    Sandbox(RegionState state, Clock& clock, SandboxOptions options);
    ~Sandbox();

    // Whoever calls it performs HttpResponse::delivery and pause: only a fault sets them.
    HttpResponse handle(const HttpRequest& request);

    // In place of the rules before; their times and counts begin now. Failure:
    // std::invalid_argument for a rule that can never apply, e.g. a misspelt action. It names the
    // rule.
    void set_faults(const std::vector<FaultRule>& rules);

    // The simulated workers' Redis: a new connection, and what comes in on it. A port refuses
    // connections itself (accept_redis_connections); in a test, redis_accepts() says when.
    RedisSession connect_to_redis();
    RedisAnswer ask_redis(RedisSession& session, std::string_view bytes);
    bool redis_accepts() const;

    // Brings commands up to now. Every call to SSM does so too; this is for when nobody asks.
    void advance();

    // The key of an IAM user. Failure: std::out_of_range.
    Credential credential_of(const std::string& user) const;
    std::string role_arn(const std::string& role) const;

    // Under the lock: change what the services of a region see, e.g. launch or terminate an
    // instance.
    template <class Change> void change_region_state(const std::string& region, Change change) {
        const std::scoped_lock guard(mutex_);
        change(state(region));
    }
    template <class Change> void change_region_state(Change change) {
        change_region_state(home_region, change);
    }

private:
    RegionState& state(const std::string& region);

    struct State;
    mutable std::mutex mutex_;
    std::unique_ptr<State> state_;
};

} // namespace sandbox
