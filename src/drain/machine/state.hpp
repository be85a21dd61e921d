// The state of one region's drain: the phase, and what outlives a phase. All of it can be learnt
// again from AWS. Every Duration is elapsed time since the run began. An Instant is wall time or
// AWS's stamp.
#pragma once

#include "src/drain/machine/effect.hpp"
#include "src/drain/machine/sidekiq_witness.hpp"
#include "src/drain/machine/verification.hpp"

namespace snow_white::drain {

struct Config {
    Action action = Action::quiet;
    Instant started{};
    Duration timeout{}; // the deadline
    bool has_status_document = true;
    bool reads_sidekiq = false; // Sidekiq's Redis is configured
    bool strict = false;        // others that take from the fleet's queues make it partial
    bool live_progress = false; // somebody watches the progress (drain/progress)
    bool multi_region = false;  // the run has other regions: this one meets them at the barrier
};

// --- the phases, each with what only it needs

struct Wait {
    Purpose purpose = Purpose::act;
    // Completed and unreachable instances when results were collected early, and when that was.
    std::pair<int, int> collected_at{-1, -1};
    Duration last_collected{};
    Duration changed_at{};      // the counts, last
    Duration next_count{};      // when the counts are read next
    bool has_collected = false; // since the last poll of the counts
};

// Lists the fleet, and decides then what is next.
struct Discover {
    bool peers_ready = false;      // the other regions are ready too: the verification may begin
    std::optional<Wait> back = {}; // the wait that it interrupted
    Duration begun = {};           // set by the reducer
    bool again = false;            // repeated, since the one before took too long
};

// Finds commands in flight that do already what is pending, reads their results, and takes those
// instances out of what is pending.
struct Adopt {
    std::vector<CommandSpec> pending;   // empty: only looks for the same command of somebody else
    std::vector<CommandId> unread = {}; // found; which instances they reached is not known yet
    std::vector<InFlightCommand> later = {}; // of other actions
    Duration found_at{};
    Duration begun = {}; // of FindInFlightCommands, set by the reducer
    bool again = false;  // repeated, since the one before took too long
};

struct Send {
    Purpose purpose = Purpose::act;
    std::vector<CommandSpec> pending;
    Instant asked = {}; // wall time of the latest SendCommand, set by the reducer
};

struct Collect {
    // Why unfinished instances are named after the results are read.
    enum class Reminder { none, stragglers, deadline };
    Purpose purpose = Purpose::act;
    Reminder reminder = Reminder::none;
    bool rechecks = false; // afterwards the finished instances are verified again
    std::optional<Duration> incomplete_since = {}; // since then a list is behind its count
    Wait back = {};                                // for instances that are still awaited
};

struct AwaitPeers {
    BarrierPoint point = BarrierPoint::ready;
};

// Asks Sidekiq's Redis about a verification that proves success, or for what a report says.
struct Confirm {
    bool again = false;      // with --strict, one heartbeat later
    bool for_report = false; // the run ends whatever it says
};

using Phase = std::variant<Discover, Adopt, Send, Wait, Collect, AwaitPeers, Confirm>;

// --- what outlives the phases

struct Outage {
    std::size_t effect = 0; // index in Effect of the call that failed first; its answer ends it
    Duration last_failure{};
    Duration since{};
    std::string why = {};                      // of the last failure
    std::optional<Duration> denied_since = {}; // none: AWS does not answer
    Duration pause{};                          // before the next try
    bool reported = false;
    bool reported_as_important = false;
};

// A SendCommand whose answer was lost: SSM may have taken it.
struct LostSend {
    Now at;
    Instant asked{}; // wall time of the call: SSM got it since
};

// SendCommand fails, or its answers are lost.
struct SendTrouble {
    Duration since{};
    Duration pause{};
    Duration not_before{};             // nothing is sent until then
    std::optional<LostSend> lost = {}; // the latest, until a list shows what became of it
};

// AWS answers verifications too late, or in part only.
struct IncompleteAnswers {
    Duration since{};
    Duration latest{};
};

struct VerifyHistory {
    int clean_streak = 0;
    bool fleet_changed = false; // since the first command: success takes two clean ones in a row
    Duration pause{};           // before the next verification
    std::optional<IncompleteAnswers> incomplete = {};
    std::optional<Duration> document_absent_since = {}; // SSM has not known the status document
};

struct Notices {
    std::vector<std::string> unverified; // what this AWS cannot show: reported, and no failure
    std::vector<std::string> warnings;
    Duration next_heartbeat{};
    InstanceCounts counts; // of the action, as reported last
    bool named_stragglers = false;
    bool named_at_deadline = false;
    bool reported_failed_verification = false; // until one could be sent
};

// The watch for changes of the fleet while commands run.
struct FleetWatch {
    Duration next_poll{};
    Duration next_discovery{};     // of the whole fleet: a list may have omitted somebody
    Duration next_doubt_renewal{}; // of Doubt::ask_later
    bool refreshes_agents = false; // the discovery asks SSM for the agents of awaited instances
    Duration next_recheck{recheck_interval};        // of finished instances
    Duration next_partial_verification{};           // later, where one has failed
    std::optional<Duration> environments_seen = {}; // when EB's states were read last
    std::optional<Duration> seen_empty_since = {};  // no instance, and no command was sent
    std::optional<Duration> unmatched_since = {};   // no environment
    // What AWS did not show in the latest poll for changes, and in the latest discovery. Each part
    // is reported once.
    std::set<std::string> unavailable_to_poll;
    std::set<std::string> unavailable_to_discovery;
};

struct State {
    Config config;
    Phase phase;
    Targets targets;
    std::vector<OpenCommand> commands; // the action's
    std::set<CommandId> followed;      // all that have ever been in `commands`
    // Finished instances to be verified while others run: their command was found, or it ended
    // long ago, or before a deploy, or SSM calls it undelivered.
    std::set<InstanceId> finished_to_verify;
    std::optional<Verification> verification; // the latest
    VerifyHistory verify_history;
    SidekiqWitness sidekiq;
    std::optional<Outage> outage;
    std::optional<SendTrouble> send_trouble;
    Notices notices;
    FleetWatch watch;
    int calls_while_waiting = 0;
    bool commands_expire = true;    // false: the deployed document lacks the parameter ExpiresAt
    bool has_commanded = false;     // a command of the action was sent or found
    bool may_have_sent = false;     // a command of ours was sent, or its answer was lost
    bool has_lost_answer = false;   // of a SendCommand of the action
    bool reached_barrier = false;   // it has waited for the other regions
    std::set<std::size_t> answered; // effects (their index in Effect) that AWS has answered
};

// What a handler wants: one effect, and the events to report.
struct Next {
    Effect effect;
    std::vector<Event> events = {};
};

struct Step {
    State state;
    Effect effect;
    std::vector<Event> events;
};

} // namespace snow_white::drain
