// What is known of each instance and environment of one region, and what follows from it for one
// instance.
#pragma once

#include "src/drain/machine/limits.hpp"
#include "src/drain/model/command.hpp"
#include "src/fleet/model/snapshot.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

struct InstanceFinding {
    Outcome outcome = Outcome::pending;
    std::string note;
};

// Its agent was lost while a command was open there, and is back. SSM may call such a command in
// progress for ever (issue reports).
enum class Doubt {
    none,
    returned, // the results are read first: the command may have ended
    open,     // SSM calls it in progress: the instance is asked whether its script runs
    silent,   // it does not run there; it may have ended just now: the results are read once more
    later, // a script of the action runs there, perhaps another command's; or no answer came: it is
           // asked again at the next look
};

// What was asked of an instance last. Times without a name are elapsed time, as everywhere in the
// machine.
struct LastCommand {
    CommandId id;
    Duration at{};                         // when it was sent or found
    std::optional<Instant> requested = {}; // by SSM's clock
    bool open = true;                      // it has not ended there: it can still act
    Doubt doubt = Doubt::none;
    std::optional<Duration> silent_since =
        {};                    // the instance has said that no script of the action runs there
    bool silent_twice = false; // and again, minutes after that
};

struct TrackedInstance {
    std::string environment; // empty: not known

    // EC2's and SSM's word.
    fleet::Ec2State ec2_state = fleet::Ec2State::unknown;
    fleet::Agent agent = fleet::Agent::unknown;
    std::optional<Instant> launched = {}; // EC2's stamp
    // EC2's list had it, or it has answered. A tag's command has been seen to reach terminated
    // instances: one that no list has and that says nothing counts for nothing.
    bool confirmed = true;
    std::optional<Duration> unlisted_since =
        {}; // none: in EC2's latest list, or in its answer by id
    std::optional<Duration> unknown_to_ec2_since =
        {};                        // EC2 was asked by id then, and did not know it
    bool forgotten_by_ec2 = false; // … and again, a minute later, and it has not answered meanwhile
    Duration boot_deadline{};      // until then an agent may still register
    std::string agent_version = {}; // empty: not told yet
    std::optional<Duration> agent_lost_at = {};
    std::optional<Duration> started_anew_at = {}; // EC2 stopped it and started it

    // What was asked of it, and what it answered.
    std::optional<LastCommand> last = {};
    bool lost_script = false; // one ended without a word: SSM may call others running, too
    int attempts = 0;         // commands of the action
    int refusals = 0;         // SSM refused its id, in a row
    std::optional<Duration> not_before = {}; // when it may be addressed again
    bool not_begun = false;                  // its turn never came: one of an earlier batch failed
    bool no_retry = false;                   // by its own word another try would not help
    bool agent_confirmed = false;            // it has answered: its agent and our script work there
    bool answers_though_gone =
        false; // the latest verification: it takes jobs or runs some, whatever EC2 says
    bool missed_by_tag =
        false; // a verification by tag did not reach it: it is asked by its id as well
    InstanceFinding action_result; // of the last command
    // By the latest verification, done: as asked. None: there was none since its last command.
    std::optional<InstanceFinding> verified = {};
    std::optional<Duration> unclear_since = {}; // the verifications do not settle what it does
    std::size_t workers_before = 0;             // that it told of last
    std::vector<Worker> workers;
    // For words about it when it leaves; nothing is decided by these two.
    std::optional<JobCount> heard = {}; // none: it has never answered
    bool left = false;                  // EC2 has taken it away or stopped it during the run
};

struct TargetEnvironment {
    std::string name;
    std::string status;   // EB's word
    bool in_scope = true; // false: it runs pods, or it appeared later and the action is not for it
    bool runs_pods = false;                       // on EKS: nobody is told there
    std::optional<Duration> deploying_since = {}; // EB changes it
};

struct Targets {
    std::vector<TargetEnvironment> environments;
    std::map<InstanceId, TrackedInstance> instances;
    bool sees_instances = false; // EC2 says which there are
    bool look_failed = false;    // a part of the latest look, which may go well the next time
    bool contradictory = false;  // EC2's latest list is empty, and SSM has agents there
    std::vector<std::string>
        unseen; // what AWS refused to show at the latest look: told, and no failure
    std::vector<std::string>
        unproven; // what the latest look should have shown and did not: no success with it
};

Doubt doubt_of(const TrackedInstance& instance); // of its last command
// "i-1 (acme-workers)", for people.
std::string label_of(const InstanceId& id, const TrackedInstance& instance);
// EC2's own word: it is terminated, shutting down, or unknown to EC2 when asked twice.
bool is_gone(const TrackedInstance& instance);
// It is there, and EC2 has not stopped it.
bool exists(const TrackedInstance& instance);
// No agent yet, and it is young enough to get one.
bool is_booting(const TrackedInstance& instance, Duration now);
// No command ends there: it does not exist, has no agent, lost it long ago, or EC2's lists have
// lacked it for long.
bool is_unreachable(const TrackedInstance& instance, Duration now);
// A command to its id can succeed now. The one place that decides who is addressed by id.
bool addressable(const TrackedInstance& instance, Duration now);
// Its last command has ended there, and it can be asked what it does now.
bool has_finished(const TrackedInstance& instance, Duration now);
// Its last command is older than its start, and has ended, perhaps before it, or did not end within
// minutes of it: what it did says nothing about the new workers.
bool has_stale_command(const TrackedInstance& instance, Duration now);
// Its last command has not ended there, and can: it is waited for.
bool is_awaited(const TrackedInstance& instance, Duration now);
// It has answered: it lives and its agent works, whatever a list says.
void confirm_agent(TrackedInstance& instance);
// By its own word or SSM's, what was asked for holds.
bool claims_success(const TrackedInstance& instance);

std::vector<std::string> names_in_scope(const Targets& targets);
std::vector<std::string> names_on_pods(const Targets& targets);
bool is_in_scope(const Targets& targets, const std::string& environment);
// For the next look: who is confirmed, and for whom EC2 is asked by id if its list lacks them.
fleet::Previous previous_of(const Targets& targets);

// Those whom the command names, by their environment or id.
template <class Do> void for_each_in(Targets& targets, const CommandSpec& spec, Do act) {
    for (auto& [id, instance] : targets.instances)
        if (std::ranges::find(spec.environments, instance.environment) != spec.environments.end() ||
            std::ranges::find(spec.instances, id) != spec.instances.end())
            act(id, instance);
}

} // namespace snow_white::drain
