#include "src/drain/machine/rules.hpp"

#include "src/drain/machine/leavers.hpp"

namespace snow_white::drain {

namespace {

using fleet::Agent;
using fleet::Ec2State;

bool has_result(const RuleContext& c, Outcome outcome) {
    return c.instance.action_result.outcome == outcome;
}

bool is_verified_as(const RuleContext& c, Outcome outcome) {
    return c.instance.verified && c.instance.verified->outcome == outcome;
}

// A wake restarts the workers: it is not repeated on an instance that got one.
bool may_repeat(const RuleContext& c) {
    return c.action != Action::wake && !c.instance.no_retry && c.instance.attempts < most_attempts;
}

bool contradicts(const RuleContext& c) {
    return c.instance.verified && is_at_work(*c.instance.verified);
}

bool is_within_patience(const RuleContext& c) {
    return c.instance.verified && c.instance.unclear_since &&
           c.now < end_of_patience(c.action, c.instance);
}

constexpr Rule rules[] = {
    {"EC2 has stopped or terminated it, but it still answers",
     [](const auto& c) {
         return c.instance.answers_though_gone && c.instance.unclear_since &&
                c.now < *c.instance.unclear_since + unclear_patience;
     },
     Need::verify},
    {"EC2 has stopped or terminated it, or it was never more than a tag's target",
     [](const auto& c) { return !exists(c.instance); }, Need::nothing},
    {"somebody cancelled its command",
     [](const auto& c) { return has_result(c, Outcome::cancelled); }, Need::final},
    {"its command has not ended", [](const auto& c) { return is_awaited(c.instance, c.now); },
     Need::wait},
    {"the verification proved it done",
     [](const auto& c) { return is_verified_as(c, Outcome::done); }, Need::nothing},
    {"its turn never came: one of an earlier batch failed",
     [](const auto& c) { return c.instance.not_begun; }, Need::final},
    {"EC2's list lacks it; its id is looked up again",
     [](const auto& c) {
         return c.instance.unknown_to_ec2_since &&
                c.now < *c.instance.unknown_to_ec2_since + unlisted_patience;
     },
     Need::wait},
    {"its agent may still register", [](const auto& c) { return is_booting(c.instance, c.now); },
     Need::wait},
    {"its agent did not register in time",
     [](const auto& c) { return c.instance.agent == Agent::absent; }, Need::final},
    {"its agent may reconnect",
     [](const auto& c) { return c.instance.agent_lost_at && !is_unreachable(c.instance, c.now); },
     Need::wait},
    {"its agent was lost too long ago, or no list has had it for long",
     [](const auto& c) { return is_unreachable(c.instance, c.now); }, Need::final},
    {"SSM refused its id again and again, and its agent does not register any more",
     // Final during the pause: nothing waits for it. After the pause it gets the command again.
     [](const auto& c) {
         return c.instance.refusals >= most_refusals && c.now >= c.instance.boot_deadline &&
                c.instance.not_before && c.now < *c.instance.not_before;
     },
     Need::final},
    {"SSM refused its id; it gets the command again after a pause",
     [](const auto& c) { return c.instance.not_before && c.now < *c.instance.not_before; },
     Need::wait},
    {"its command could not be sent", // also a wake's: none has reached it
     [](const auto& c) {
         return c.instance.unsent && (!c.instance.last || c.instance.refusals > 0);
     },
     Need::act},
    {"it has got no command yet, or none since EC2 restarted it",
     [](const auto& c) {
         return (!c.instance.last || has_stale_command(c.instance, c.now)) && may_repeat(c);
     },
     Need::act},
    {"its command timed out or was not delivered",
     [](const auto& c) {
         return (has_result(c, Outcome::timed_out) || has_result(c, Outcome::unreachable)) &&
                may_repeat(c);
     },
     Need::act},
    {"its script ended without a result",
     [](const auto& c) {
         return has_result(c, Outcome::failed) && c.instance.attempts < most_silent_attempts &&
                may_repeat(c);
     },
     Need::act},
    {"it was not verified since its last command",
     [](const auto& c) { return !c.instance.verified; }, Need::verify},
    {"it takes jobs again", [](const auto& c) { return contradicts(c) && may_repeat(c); },
     Need::act},
    {"the wake did not reach it",
     [](const auto& c) {
         const bool not_reached = !c.instance.last || has_result(c, Outcome::unknown);
         return c.action == Action::wake && not_reached && c.instance.attempts < most_attempts &&
                is_verified_as(c, Outcome::asleep);
     },
     Need::act},
    {"what its workers do is unclear; they are asked again", is_within_patience, Need::verify},
    {"it failed, and nothing is left to try", [](const auto&) { return true; }, Need::final},
};

// --- for the report

struct FindingRule {
    bool (*applies)(const RuleContext&);
    InstanceFinding (*finding)(const RuleContext&);
};

InstanceFinding gone(const RuleContext& c) {
    const std::string how =
        c.instance.forgotten_by_ec2 ? "EC2 does not know it any more" : "terminated";
    return {Outcome::gone, how + leaving_text(c.action, c.instance)};
}

InstanceFinding off(const RuleContext& c) {
    return {Outcome::off, "stopped in EC2" + leaving_text(c.action, c.instance)};
}

InstanceFinding without_agent(const RuleContext& c) {
    if (c.instance.agent == Agent::absent)
        return {Outcome::unreachable, "no SSM agent is registered for it"};
    return {Outcome::unreachable, "its SSM agent has lost the connection"};
}

InstanceFinding never_reached(const RuleContext& c) {
    if (c.instance.attempts > 0) return {Outcome::unreachable, "SSM made no invocation for it"};
    if (c.now >= c.deadline) return {Outcome::pending, "not reached before the deadline"};
    return {Outcome::pending, "it got no command"};
}

// It got no command, so that it does not take jobs "again".
bool got_no_command(const RuleContext& c) {
    return !c.instance.last && c.instance.attempts == 0 && is_verified_as(c, Outcome::awake);
}

// The wake found a running job and restarted nothing. The jobs have ended since, perhaps long ago.
InstanceFinding idle_by_now(const RuleContext& c) {
    return {Outcome::asleep,
            "it still ran a job when the wake came; now " + c.instance.verified->note};
}

InstanceFinding of_action(const RuleContext& c) {
    return c.instance.action_result;
}

InstanceFinding of_verification(const RuleContext& c) {
    return *c.instance.verified;
}

InstanceFinding as_asked(const RuleContext& c) {
    const bool by_its_line = has_result(c, Outcome::done) || has_result(c, Outcome::already);
    return by_its_line ? of_action(c) : of_verification(c);
}

constexpr FindingRule findings[] = {
    {[](const auto& c) { return c.instance.answers_though_gone && c.instance.verified; },
     of_verification},
    {[](const auto& c) { return is_gone(c.instance); }, gone},
    {[](const auto& c) { return c.instance.ec2_state == Ec2State::stopped; }, off},
    {[](const auto& c) { return has_result(c, Outcome::cancelled); }, of_action},
    {[](const auto& c) { return is_verified_as(c, Outcome::done); }, as_asked},
    {[](const auto& c) { return c.instance.not_begun; }, of_action},
    {[](const auto& c) { return c.instance.agent == Agent::absent || c.instance.agent_lost_at; },
     without_agent},
    {[](const auto& c) { return c.instance.last && c.instance.last->open; },
     [](const auto&) {
         return InstanceFinding{Outcome::pending, "its command has not ended"};
     }},
    {[](const auto& c) {
         return has_result(c, Outcome::busy) && is_verified_as(c, Outcome::asleep) &&
                count_jobs(c.instance.workers) == 0;
     },
     idle_by_now},
    {[](const auto& c) { return has_result(c, Outcome::unknown) && c.instance.verified; },
     of_verification},
    {[](const auto& c) { return !has_result(c, Outcome::pending) && !claims_success(c.instance); },
     of_action},
    {got_no_command, never_reached},
    {[](const auto& c) { return c.instance.verified.has_value(); }, of_verification},
    {[](const auto& c) { return claims_success(c.instance); }, of_action},
};

} // namespace

bool is_at_work(const InstanceFinding& finding) {
    return finding.outcome == Outcome::awake || finding.outcome == Outcome::busy ||
           finding.outcome == Outcome::suspended || finding.outcome == Outcome::booting;
}

const Rule& rule_for(const RuleContext& context) {
    return *std::ranges::find_if(rules, [&](const Rule& rule) { return rule.applies(context); });
}

InstanceFinding finding_of(const RuleContext& context) {
    for (const auto& rule : findings)
        if (rule.applies(context)) return rule.finding(context);
    return never_reached(context);
}

Duration end_of_patience(Action action, const TrackedInstance& instance) {
    const Duration unclear = *instance.unclear_since;
    const Duration lacking = instance.lacking_since.value_or(unclear);
    switch (instance.verified->outcome) {
    case Outcome::no_worker:
        return std::min<Duration>(
            unclear + unclear_patience, // a young instance may not have started its workers yet
            std::max<Duration>(
                instance.boot_deadline,
                lacking + (instance.workers_before > 0 ? missing_worker_patience : Duration{0})));
    case Outcome::asleep:
        return std::min<Duration>(unclear + unclear_patience, lacking + asleep_patience);
    case Outcome::booting:
        return unclear + (action == Action::wake ? Duration{unclear_patience} : Duration{0});
    case Outcome::unknown:
        return unclear + unclear_patience;
    default:
        return unclear; // it is clear
    }
}

} // namespace snow_white::drain
