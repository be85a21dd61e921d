// Who is concerned, as seen at one moment. What was not seen is marked unknown: unknown is never
// empty.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/ids.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snow_white::fleet {

inline constexpr const char* environment_tag =
    "elasticbeanstalk:environment-name"; // EB puts it on every instance

inline constexpr std::string_view cluster_tier = "Cluster"; // EB's name for what runs on EKS

struct Environment {
    std::string name;      // case kept
    std::string status;    // EB's word: Ready, Updating, …
    std::string tier = {}; // EB's word: WebServer, Worker, Cluster; empty: not told
};

// On EKS: it has no instances, and SSM does not reach its pods.
bool runs_pods(const Environment& environment);

// What EC2 says of it. running: pending or running; stopped: stopping or stopped; terminating:
// shutting-down or terminated.
enum class Ec2State { running, stopped, terminating, unknown };
enum class Agent {
    online,
    lost,
    absent,
    unknown
}; // SSM: Online; any other ping status; never registered

// For people and for --json.
std::string_view name_of(Agent agent);

struct Instance {
    InstanceId id;
    std::string environment; // empty: EC2 shows no such tag on it
    std::string zone;
    Ec2State ec2_state = Ec2State::unknown;
    Agent agent = Agent::unknown;
    std::string agent_version = {};  // "3.3.1957.0"; empty: not asked for, or not told
    std::optional<Instant> launched; // its latest start; none: unknown
};

// A call that failed: the others' answers stand.
struct Unavailable {
    std::string what; // "launched instances"
    std::string why;
};

struct FleetSnapshot {
    std::vector<Environment> environments;          // those whose names contain the pattern
    std::optional<std::vector<Instance>> instances; // none: EC2 would not say which there are
    std::vector<std::string> unseen; // what could not be looked at, and why: one sentence each
    std::vector<InstanceId> unknown_to_ec2 = {}; // asked for by id, and EC2 knows none of these
    std::vector<Unavailable> failed = {};        // of a later look: what may go well the next time
    bool knows_environments = true;              // false: asking for them is what failed
};

// What an earlier look makes unnecessary, or necessary.
struct Previous {
    std::vector<std::string>
        environments; // seen before: their instances count though the name be gone by now
    std::set<InstanceId>
        agent_confirmed; // their agents have answered: SSM is not asked about them again
    std::vector<InstanceId> expected; // EC2 is asked by id for those of them that its list lacks
    bool is_later_look =
        false; // a failure that may pass leaves a part unknown, and fails not the whole
};

// What has changed since a look, at a cost that does not grow with the fleet. A part that could not
// be asked for is empty, and `unavailable` names it.
struct Changes {
    std::optional<std::vector<Environment>> environments; // those whose names match by now
    std::optional<std::vector<Instance>>
        launched; // of the last hours: known ones may be among them
    // Of the whole region, so that others' are among them:
    std::optional<std::vector<InstanceId>> leaving; // EC2 has stopped them or is shutting them down
    std::optional<std::vector<InstanceId>>
        silent; // registered with SSM, and their agents do not answer
    std::vector<Unavailable> unavailable;
};

// EC2 has stopped it or takes it away: nothing runs there.
constexpr bool is_down(Ec2State state) {
    return state == Ec2State::stopped || state == Ec2State::terminating;
}

// It runs, and SSM reaches no agent there.
inline bool lacks_agent(const Instance& instance) {
    return !is_down(instance.ec2_state) &&
           (instance.agent == Agent::lost || instance.agent == Agent::absent);
}

std::vector<std::string> names_of(const std::vector<Environment>& environments);
// Those that have instances.
std::vector<std::string> names_on_instances(const std::vector<Environment>& environments);
// For people: those that run pods are marked.
std::vector<std::string> marked_names_of(const std::vector<Environment>& environments);

} // namespace snow_white::fleet
