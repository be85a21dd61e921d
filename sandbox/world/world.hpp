// What the services of one region look at: its EB environments, the instances in them, and its
// networks. Plain data; services read it, `sandbox up` and the tests fill it. Guarded by the
// sandbox's one lock.
#pragma once

#include "sandbox/world/host.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/region.hpp"
#include "sandbox/world/visibility.hpp"
#include "src/base/clock.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sandbox {

using snow_white::Clock;
using snow_white::Duration;
using snow_white::Instant;

enum class InstanceState { pending, running, stopping, stopped, shutting_down, terminated };
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

struct World {
    std::string account = "123456789012";
    std::string region = home_region;
    std::vector<Environment> environments;
    std::vector<Instance> instances;
    Network network;
    std::vector<std::string> images{"snow-white:latest"}; // in ECR: REPOSITORY:TAG
    Visibility visibility;
};

} // namespace sandbox
