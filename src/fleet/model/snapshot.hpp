// The fleet at one moment: environments, instances and their SSM agents. Plain values, without AWS.
// What AWS did not show is marked unknown: unknown is never empty.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/ids.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snow_white::fleet {

// The tag that EB puts on every instance.
inline constexpr const char* environment_tag = "elasticbeanstalk:environment-name";

inline constexpr std::string_view cluster_tier = "Cluster"; // EB's tier on EKS

struct Environment {
    std::string name;      // case kept
    std::string status;    // EB's: Ready, Updating, …
    std::string tier = {}; // EB's: WebServer, Worker, Cluster; empty: not in the answer
};

// On EKS: the environment has no instances, and SSM does not reach its pods.
bool runs_pods(const Environment& environment);

// EC2's states. running: pending or running; stopped: stopping or stopped; terminating:
// shutting-down or terminated.
enum class Ec2State { running, stopped, terminating, unknown };
// SSM's ping status. online: Online; lost: any other; absent: never registered with SSM.
enum class Agent { online, lost, absent, unknown };

// For people and for --json.
std::string_view name_of(Agent agent);

struct Instance {
    InstanceId id;
    std::string environment; // empty: EC2 shows no environment_tag
    std::string zone;
    Ec2State ec2_state = Ec2State::unknown;
    Agent agent = Agent::unknown;
    std::string agent_version = {};  // "3.3.1957.0"; empty: unknown
    std::optional<Instant> launched; // the latest start; none: unknown
    std::string host = {};           // its name, as its SSM agent reports it; empty: unknown
};

// A part of the answer that is missing because its call failed.
struct Unavailable {
    std::string what; // "launched instances"
    std::string why;
};

struct FleetSnapshot {
    std::vector<Environment> environments;          // that match the query
    std::optional<std::vector<Instance>> instances; // none: EC2 refused the list
    std::vector<std::string> unavailable; // what AWS refused to show, and why: a sentence each
    std::vector<InstanceId> unknown_to_ec2 = {}; // EC2 was asked for them by id and has none
    std::vector<Unavailable> failed = {};        // in a later discovery: retryable failures
    bool knows_environments = true;              // false: the list of environments is what failed
};

// Results of earlier discoveries, for a later one.
struct Previous {
    std::vector<std::string> environments; // found before: their instances still count
    std::set<InstanceId> agent_confirmed;  // their agents have answered: SSM is not asked again
    std::vector<InstanceId> expected;      // EC2 is asked by id for those that its list lacks
    // True: a retryable failure makes one part unknown instead of the whole an error.
    bool is_rediscovery = false;
};

// What has changed since a discovery; the cost does not grow with the fleet. A part whose call
// failed is empty, and `unavailable` names it.
struct Changes {
    std::optional<std::vector<Environment>> environments; // that match the query now
    std::optional<std::vector<Instance>> launched; // in the last hours; some are known already
    // Of the whole region, so some are outside the fleet:
    std::optional<std::vector<InstanceId>> leaving; // EC2 has stopped or is shutting them down
    std::optional<std::vector<InstanceId>> silent;  // SSM knows them, their agents do not answer
    std::vector<Unavailable> unavailable;
};

// Nothing runs there: EC2 has stopped the instance or is terminating it.
constexpr bool is_down(Ec2State state) {
    return state == Ec2State::stopped || state == Ec2State::terminating;
}

// The instance runs, and SSM does not reach its agent.
inline bool lacks_agent(const Instance& instance) {
    return !is_down(instance.ec2_state) &&
           (instance.agent == Agent::lost || instance.agent == Agent::absent);
}

std::vector<std::string> names_of(const std::vector<Environment>& environments);
// Of environments that have instances.
std::vector<std::string> names_on_instances(const std::vector<Environment>& environments);
// For people: an environment that runs pods is marked.
std::vector<std::string> display_names_of(const std::vector<Environment>& environments);

} // namespace snow_white::fleet
