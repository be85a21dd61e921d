// What the services of one region look at: its EB environments, the instances in them, and its
// networks. Plain data; services read it, `sandbox up` and the tests fill it. Guarded by the
// sandbox's one lock.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/world/host.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/region.hpp"
#include "src/base/enum_names.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sandbox {

enum class InstanceState { pending, running, stopping, stopped, shutting_down, terminated };
// EC2's code and name of it.
struct StateName {
    InstanceState value;
    int code;
    const char* name;
};
inline constexpr StateName state_names[] = {{InstanceState::pending, 0, "pending"},
                                            {InstanceState::running, 16, "running"},
                                            {InstanceState::stopping, 64, "stopping"},
                                            {InstanceState::stopped, 80, "stopped"},
                                            {InstanceState::shutting_down, 32, "shutting-down"},
                                            {InstanceState::terminated, 48, "terminated"}};
static_assert(snow_white::has_all_enumerators(state_names));
inline const StateName& name_of(InstanceState state) {
    return *std::ranges::find(state_names, state, &StateName::value);
}

enum class AgentState {
    online,
    connection_lost,
    inactive,
    absent
}; // absent: never registered with SSM

// What Elastic Beanstalk's console gives an environment; its role has the same name.
inline const std::string instance_profile = "aws-elasticbeanstalk-ec2-role";

struct Instance {
    std::string id;                // i-0123456789abcdef0
    std::string environment_id;    // e-abcdefghij
    std::string availability_zone; // us-east-1a
    std::string private_ip;
    std::string name; // tag Name, as EB sets it: the environment's name
    InstanceState state = InstanceState::running;
    AgentState agent = AgentState::online;
    std::string agent_version = "3.3.1957.0";
    bool denied = false;                    // IAM lets nobody send it a command
    std::string profile = instance_profile; // of its role; empty: it has none
    Instant launched{};
    std::unique_ptr<Host> host; // who runs documents on it; null when nobody can
    // Each document that runs there holds a share.
    std::shared_ptr<void> documents = std::make_shared<char>();
};

// An agent runs so many documents at a time; further ones wait. Source: CommandWorkersLimit in
// amazon-ssm-agent's configuration, 3.3.
inline constexpr long documents_at_once = 5;

// Source: EnvironmentTier in botocore's model of Elastic Beanstalk (1.44.8).
enum class Tier { web_server, worker, cluster }; // cluster: pods on EKS, no instances

struct Environment {
    std::string id;   // e-abcdefghij
    std::string name; // case kept
    std::string application;
    std::string status = "Ready"; // Launching | Updating | Ready | Terminating | Terminated
    std::string health = "Green";
    Instant created{};
    Tier tier = Tier::worker;
};

// Whether that function of Visibility applies; an unset one does not.
template <class Function, class... Arguments>
bool applies(const Function& function, const Arguments&... arguments) {
    return function && function(arguments...);
}

// Eventual consistency: what AWS's lists leave out for a while. An unset function leaves out
// nothing. DescribeInstances that asks by instance id is never late, but EC2 may know a terminated
// instance no more; GetCommandInvocation and the counts of ListCommands are never late. Which list
// lags how, and for how long, is an assumption.
struct Visibility {
    std::function<bool(const Instance&, Instant now)>
        omits_instance; // DescribeInstances by tag or state
    std::function<bool(const std::string& command, Instant requested, Instant now)> omits_command;
    // ListCommandInvocations; asked once a call and command: how many of its `count` invocations
    // are shown.
    std::function<std::size_t(const std::string& command, Instant requested, Instant now,
                              std::size_t count)>
        invocations_shown;
    // SSM does not know the instance's tags yet: no target of a tag, and no filter by tag finds it.
    std::function<bool(const Instance&)> omits_tags;
    // A terminated instance is still a target of its tags; its invocation waits for an agent until
    // it expires (issue reports; AWS's documentation does not say).
    std::function<bool(const Instance&)> keeps_target;
    // EC2 shows a terminated instance without its tags, and a filter by tag does not find it (EC2
    // User Guide, "Terminate instances": soon afterwards; how soon is an assumption).
    std::function<bool(const Instance&)> loses_tags;
    std::function<bool(const Instance&)> forgets_instance;     // DescribeInstances, by id as well
    std::function<bool(const Instance&)> omits_agent;          // DescribeInstanceInformation
    std::function<bool(const Environment&)> omits_environment; // DescribeEnvironments
    // ListCommandInvocations shows one that has ended as it was while it ran.
    std::function<bool(const std::string& command, const std::string& instance)>
        shows_old_invocation;
    // A page of SSM's lists holds half of what was asked for, and the first one nothing: a page may
    // have fewer than MaxResults, and the end is told by the token alone (API reference).
    bool short_pages = false;
};

struct RegionState {
    std::string account = "123456789012";
    std::string region = home_region;
    std::vector<Environment> environments;
    std::vector<Instance> instances;
    Network network;
    std::vector<std::string> images{"snow-white:latest"}; // in ECR: REPOSITORY:TAG
    Visibility visibility;
};

} // namespace sandbox
