// What is known of each instance and environment of one region, and what follows from that for one
// instance. Every Duration here is elapsed time since the run began; an Instant is AWS's stamp.
#pragma once

#include "src/base/contains.hpp"
#include "src/drain/machine/limits.hpp"
#include "src/drain/model/command.hpp"
#include "src/fleet/model/snapshot.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

struct InstanceFinding {
    Outcome outcome = Outcome::pending;
    std::string note;
};

// Whether a command that SSM calls in progress still runs. It may not: the agent lost its
// connection or was updated meanwhile, and then SSM may call the command in progress for ever
// (issue reports of the agent).
enum class Doubt {
    none,
    read_results, // the agent is back: the results are read first, the command may have ended
    ask,          // SSM calls it in progress: the instance is asked whether its script runs
    read_again,   // no script of the action runs there: the results are read again, since the
                  // script may have ended a moment ago
    ask_later,    // a script of the action runs there, perhaps another command's, or the instance
                  // did not answer: it is asked again later
};

// The last command to an instance.
struct LastCommand {
    CommandId id;
    Duration at{};                                 // when it was sent or found
    std::optional<Instant> requested = {};         // by SSM's clock
    bool open = true;                              // it has not ended there: it can still act
    bool line_read = false;                        // what the instance printed about it
    std::optional<Duration> cancelling_since = {}; // SSM has called it Cancelling
    Doubt doubt = Doubt::none;
    // The instance said that no script of the action runs there; and again, minutes later.
    std::optional<Duration> silent_since = {};
    bool silent_twice = false;
};

struct TrackedInstance {
    std::string environment; // empty: not known

    // What EC2 and SSM say.
    fleet::Ec2State ec2_state = fleet::Ec2State::unknown;
    fleet::Agent agent = fleet::Agent::unknown;
    std::optional<Instant> launched = {}; // EC2's stamp
    // EC2 listed it, or it has answered. SSM also counts terminated instances as targets of a tag:
    // an instance that no list has and that never answers is ignored.
    bool confirmed = true;
    std::optional<Duration> unlisted_since = {}; // none: EC2's latest list or answer has it
    // EC2 did not know its id then; and did not know it again a minute later, without an answer
    // from the instance in between.
    std::optional<Duration> unknown_to_ec2_since = {};
    bool forgotten_by_ec2 = false;
    Duration boot_deadline{};       // until then an agent may still register
    std::string agent_version = {}; // empty: not known
    std::string host = {};          // its name, by its SSM agent; empty: not known
    std::optional<Duration> agent_lost_at = {};
    std::optional<Duration> answered_at = {}; // a verification, last
    // The latest list of lost agents lacks it. A list may omit an agent once: two in a row mean
    // that it answers again.
    bool lacking_among_lost = false;
    std::optional<Duration> started_anew_at = {}; // EC2 stopped it and started it

    // Its commands, and what it answered.
    std::optional<LastCommand> last = {};
    bool lost_script = false; // one ended without a word: SSM may call others running, too
    int attempts = 0;         // commands of the action
    int refusals = 0;         // SSM refused its id, in a row
    std::optional<Duration> not_before = {}; // when it may be addressed again
    bool unsent = false;          // the SendCommand for it has failed, and is to be repeated
    bool not_begun = false;       // it did not get its turn: an earlier batch of the command failed
    bool no_retry = false;        // by its own answer another try would not help
    bool agent_confirmed = false; // it has answered: its agent and our script work there
    // By the latest verification its workers take or run jobs, or it did not say what they do,
    // although EC2 says that it is gone.
    bool answers_though_gone = false;
    bool missed_by_tag = false;    // a verification by tag did not reach it: it is asked by id too
    InstanceFinding action_result; // of the last command
    // By the latest verification; done: as asked. None: not verified since its last command.
    std::optional<InstanceFinding> verified = {};
    std::optional<Duration> unclear_since = {}; // verifications do not settle what it does
    // Since then its answers lack workers: fewer than before, none, or none that takes jobs.
    std::optional<Duration> lacking_since = {};
    std::size_t workers_before = 0; // the number in its previous answer
    std::vector<Worker> workers;
    // For the notice when it leaves EC2. The reducer decides nothing by these two.
    std::optional<JobCount> last_count = {}; // none: it has never answered
    bool left = false;                       // EC2 terminated or stopped it during the run
};

struct TargetEnvironment {
    std::string name;
    std::string status;   // EB's word
    bool listed = true;   // by EB's latest list
    bool in_scope = true; // false: it runs pods, or it appeared later and the action is not for it
    bool runs_pods = false;                       // on EKS: SSM does not reach them
    std::optional<Duration> deploying_since = {}; // EB changes it
};

struct Targets {
    std::vector<TargetEnvironment> environments;
    std::map<InstanceId, TrackedInstance> instances;
    bool sees_instances = false;   // EC2 lists the instances
    bool discovery_failed = false; // a part of the latest discovery, which may succeed next time
    bool listed_late = false;      // the latest discovery took so long that its answers are old
    bool contradictory = false;    // EC2's latest list is empty, and SSM has agents there
    std::vector<std::string> unavailable; // AWS refused to show it: reported, and no failure
    std::vector<std::string> unproven;    // the latest discovery lacks it: no success without it
};

// None: null.
template <class AnyTargets> auto* find_instance(AnyTargets& targets, const InstanceId& id) {
    const auto found = targets.instances.find(id);
    return found == targets.instances.end() ? nullptr : &found->second;
}

Doubt doubt_of(const TrackedInstance& instance); // of its last command
// "i-1 (acme-workers)", for people.
std::string label_of(const InstanceId& id, const TrackedInstance& instance);
// "a, b, 3 more": the first most_names, and the number of the others.
std::string list_names(std::vector<std::string> names);
// By EC2: it is terminated, shutting down, or unknown to EC2 when asked twice.
bool is_gone(const TrackedInstance& instance);
// Confirmed, not gone, and not stopped in EC2.
bool exists(const TrackedInstance& instance);
// Without agent, and young enough to get one.
bool is_booting(const TrackedInstance& instance, Duration now);
// No command can end there: it does not exist, has no agent, lost it long ago, or EC2's lists have
// omitted it for long.
bool is_unreachable(const TrackedInstance& instance, Duration now);
// A command to its id can succeed now. Nothing else decides who is addressed by id.
bool addressable(const TrackedInstance& instance, Duration now);
// Its last command has ended, and it can be verified.
bool has_finished(const TrackedInstance& instance, Duration now);
// Its last command is older than its latest start in EC2, and has ended or was not delivered within
// minutes of that start: its result says nothing about the new workers.
bool has_stale_command(const TrackedInstance& instance, Duration now);
// Its last command has not ended there, and can.
bool is_awaited(const TrackedInstance& instance, Duration now);
// It has answered: it runs and its agent works, whatever a list says.
void confirm_agent(TrackedInstance& instance);
// The same, now: it is not lost, though SSM may not get its pings.
void note_answer(TrackedInstance& instance, Duration now);
// What its workers do is verified anew: no patience has begun.
void forget_patience(TrackedInstance& instance);
// By its own answer or SSM's status the action succeeded there.
bool claims_success(const TrackedInstance& instance);

std::vector<std::string> names_in_scope(const Targets& targets);
bool is_in_scope(const Targets& targets, const std::string& environment);
// For the next discovery: whose agent is confirmed, and which ids EC2 is asked for when its list
// omits them.
fleet::Previous previous_of(const Targets& targets);

// By environment or by id.
inline bool addresses(const CommandSpec& spec, const InstanceId& id,
                      const TrackedInstance& instance) {
    return contains(spec.environments, instance.environment) || contains(spec.instances, id);
}

// The instances that the command addresses.
template <class Do> void for_each_in(Targets& targets, const CommandSpec& spec, Do act) {
    for (auto& [id, instance] : targets.instances)
        if (addresses(spec, id, instance)) act(id, instance);
}

template <class Predicate> bool any_instance(const Targets& targets, Predicate predicate) {
    return std::ranges::any_of(
        targets.instances, [&](const auto& entry) { return std::invoke(predicate, entry.second); });
}

// The names of the environments for which it holds.
template <class Predicate>
std::vector<std::string> names_where(const Targets& targets, Predicate predicate) {
    std::vector<std::string> names;
    for (const auto& environment : targets.environments)
        if (std::invoke(predicate, environment)) names.push_back(environment.name);
    return names;
}

// The ids of the instances for which it holds.
template <class Predicate>
std::vector<InstanceId> ids_where(const Targets& targets, Predicate predicate) {
    std::vector<InstanceId> ids;
    for (const auto& [id, instance] : targets.instances)
        if (predicate(instance)) ids.push_back(id);
    return ids;
}

} // namespace snow_white::drain
