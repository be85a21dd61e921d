// Who is concerned, as seen at one moment. What was not seen is marked unknown: unknown is never empty.
#pragma once

#include "src/aws/ids.hpp"
#include "src/clock/clock.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snow_white::fleet {

using aws::InstanceId;

inline constexpr const char* environment_tag =
    "elasticbeanstalk:environment-name"; // EB puts it on every instance

struct Environment {
    std::string name;   // case kept
    std::string status; // EB's word: Ready, Updating, …
};

enum class Power { on, off, leaving, unknown }; // EC2: pending or running; stopping or stopped; shutting down
enum class Agent { online, lost, absent, unknown }; // SSM: Online; any other ping status; never registered

struct Instance {
    InstanceId id;
    std::string environment;
    std::string zone;
    Power power = Power::unknown;
    Agent agent = Agent::unknown;
    std::optional<Instant> launched; // its latest start; none: unknown
};

struct FleetSnapshot {
    std::vector<Environment> environments;          // those whose names contain the pattern
    std::optional<std::vector<Instance>> instances; // none: nobody would say which there are
    std::vector<std::string> unseen;                // what could not be looked at, and why: one sentence each
};

// What an earlier look makes unnecessary, or necessary.
struct Known {
    std::vector<std::string>
        environments;             // seen before: their instances count though the name be gone by now
    std::set<InstanceId> vouched; // their agents have answered: SSM is not asked about them again
};

// What has changed since a look, at a cost that does not grow with the fleet.
struct Changes {
    std::vector<Instance> launched;  // of the last hours: those known already may be among them
    std::vector<InstanceId> leaving; // EC2 has stopped them or is shutting them down
    std::vector<InstanceId> silent;  // registered with SSM, and their agents do not answer
};

// EC2 has stopped it or takes it away: nothing runs there.
constexpr bool is_down(Power power) {
    return power == Power::off || power == Power::leaving;
}

std::vector<std::string> names_of(const std::vector<Environment>& environments);

} // namespace snow_white::fleet
