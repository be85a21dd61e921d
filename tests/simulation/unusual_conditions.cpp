// Unusual conditions that are no faults: late lists, IDs that SSM refuses, an unreachable
// SendCommand, workers between two starts, commands that were cancelled or left open before.
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::Json;

namespace {

// Copies the fields that concern lists.
void set_lists(sandbox::Visibility& old, const sandbox::Visibility& made) {
    old.omits_instance = made.omits_instance;
    old.omits_command = made.omits_command;
    old.invocations_shown = made.invocations_shown;
}

} // namespace

void History::draw_unusual_conditions() {
    const auto count =
        calm_ ? random_.between(0, 1) : random_.pick(std::vector<std::int64_t>{0, 0, 1, 2, 3});
    // harmless: also allowed in a calm history
    if (count > 0 && (calm_ || random_.one_in(2))) make_lists_late();
    if (calm_) return;
    for (std::int64_t i = 0; i < count; ++i)
        draw_unusual_condition();
    // depends on the seed alone, so that the other random draws stay
    if (seed / 16 % 16 == 11 || !refused_token().empty()) make_pages_short();
    in_batches_ = in_batches_ || (action == "wake" && seed / 8 % 2 == 0);
    unusual = unusual || in_batches_;
    if (!in_two_regions() && seed / 32 % 16 == 5) status_document_missing = unusual = true;
}

void History::draw_unusual_condition() {
    unusual = true;
    switch (random_.between(1, 13)) {
    case 1:
    case 2:
        return make_lists_late();
    case 3:
        refuses_ids_ = true;
        return;
    case 4:
        send_refusals_ = random_.between(1, 3);
        return;
    case 5:
        crashes_ = true;
        return;
    case 6:
        cancelled_before_ = action != "wake";
        crashes_ = true;
        return;
    case 7:
        stale_command_ = true;
        return;
    case 8:
        return make_tags_late();
    case 9:
        return keep_terminated_targets();
    case 10:
        if (random_.one_in(3)) pause_at_call_ = static_cast<int>(random_.between(5, 200));
        in_batches_ = action == "wake";
        return;
    case 11:
    case 12:
        return make_answers_stale();
    default:
        document_missing_there = in_two_regions() && random_.one_in(2);
        status_document_missing = !in_two_regions() && random_.one_in(4);
    }
}

bool History::hides_status_document(const std::string& region) const {
    return status_document_missing || (document_missing_there && region == other_region);
}

std::vector<std::string> History::regions() const {
    std::vector<std::string> all{sandbox::home_region};
    if (in_two_regions()) all.emplace_back(other_region);
    return all;
}

// The delays are those of the history; which items a list omits is drawn at each call.
void History::make_lists_late() {
    unusual = true;
    if (late_lists_) return;
    late_lists_ = true;
    const Duration young = list_lag_ = random_.pick(std::vector<Duration>{0s, 30s, 2min, 4min});
    const Duration command_lag = random_.pick(std::vector<Duration>{0s, 1s, 5s, 15s});
    const Duration invocation_lag = random_.pick(std::vector<Duration>{0s, 2s, 5s});
    const bool omits = random_.one_in(2);
    const bool halves = random_.one_in(2);
    note(clock_.now(),
         fmt::format("late lists: instances {} s, commands {} s, invocations {} s{}{}", young / 1s,
                     command_lag / 1s, invocation_lag / 1s, omits ? ", an instance once" : "",
                     halves ? ", half of the invocations once" : ""));
    const Instant begin = clock_.now();
    const sandbox::Visibility visibility{
        .omits_instance =
            [this, omits, begin](const sandbox::Instance& instance, Instant now) {
                const auto lifetime =
                    std::ranges::find(lifetimes, instance.id, &InstanceLifetime::id);
                if (lifetime != lifetimes.end() && now < lifetime->listed) return true;
                const bool once = omits && instance.state == sandbox::InstanceState::running &&
                                  now > begin + 5s && random_.one_in(40) &&
                                  lists_asked_[instance.id]++ == 0;
                if (once) note(now, instance.id + ": EC2's list omits it");
                if (once && lifetime != lifetimes.end()) lifetime->omitted = now;
                return once;
            },
        .omits_command = [command_lag](const std::string&, Instant requested,
                                       Instant now) { return now < requested + command_lag; },
        .invocations_shown =
            [this, invocation_lag, halves](const std::string& command, Instant requested,
                                           Instant now, std::size_t count) {
                if (now < requested + invocation_lag)
                    return std::min<std::size_t>(count, count / 2);
                if (!halves || !random_.one_in(4) || lists_asked_[command]++ > 0) return count;
                const std::size_t shown = random_.one_in(2) ? 0 : count / 2;
                note(now,
                     fmt::format("SSM shows {} of {} invocations of {}", shown, count, command));
                return shown;
            }};
    for (const auto& region : regions())
        sandbox_->change_region_state(
            region, [&](sandbox::RegionState& state) { set_lists(state.visibility, visibility); });
}

// What happens to a SendCommand before SSM sees it.
std::optional<snow_white::aws::Error> History::refuse_send(const Json& request,
                                                           const std::string& region) {
    using snow_white::aws::ErrorKind;
    const Instant now = clock_.now();
    const auto ids = request.value("InstanceIds", std::vector<std::string>{});
    if (refuses_ids_ && ids.size() > 1 && random_.one_in(2)) {
        const auto& gone = random_.pick(ids);
        for (std::size_t i = 0; i < lifetimes.size(); ++i)
            if (lifetimes[i].id == gone && !lifetimes[i].ended) terminate(i, now);
    }
    if (send_refusals_ > 0 && random_.one_in(2) &&
        (!send_refusal_ || now >= send_refusal_->until)) {
        --send_refusals_;
        const Duration lasts =
            random_.one_in(2) ? random_.between(1s, 5s) : random_.between(2min, 15min);
        send_refusal_ = Span{now, now + lasts};
        kind_of_refusal_ = random_.between(0, 4);
        wide_faults.push_back(*send_refusal_);
        changes.push_back(send_refusal_->until);
        note(now, fmt::format("fault: SendCommand alone fails for {} s ({}) in {}", lasts / 1s,
                              kind_of_refusal_, region));
    }
    if (!send_refusal_ || now >= send_refusal_->until) return std::nullopt;
    using snow_white::aws::Error;
    static const std::vector<Error> kinds{
        {.kind = ErrorKind::unreachable, .message = "no route to host"},
        {.kind = ErrorKind::transport, .message = "reset before"},
        {.kind = ErrorKind::transport, .message = "reset after"},
        {.kind = ErrorKind::server, .message = "500"},
        {.kind = ErrorKind::throttled, .message = "throttled"}};
    return kinds[static_cast<std::size_t>(kind_of_refusal_)];
}

void History::lose_processes(std::size_t lifetime, Instant now) {
    const Duration lasts = random_.between(5s, 90s);
    record_change(now, fmt::format("{}: its workers have no process for {} s",
                                   lifetimes[lifetime].id, lasts / 1s));
    changes.push_back(now + lasts);
    lifetimes[lifetime].model->lose_processes(now, now + lasts);
}

// By another operator: cancels the whole command, or that of one instance, sometimes of one whose
// agent is lost.
void History::cancel_in_flight(Instant now) {
    const Json executing{{"Filters", {{{"key", "ExecutionStage"}, {"value", "Executing"}}}}};
    const Json listed = Json::parse(call_ssm("ListCommands", executing), nullptr, false);
    if (!listed.is_object() || !listed.contains("Commands") || listed["Commands"].empty()) return;
    Json cancel{{"CommandId", listed["Commands"][0]["CommandId"]}};
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < lifetimes.size(); ++i)
        if (!lifetimes[i].ended && lifetimes[i].environment == environment_of_others)
            there.push_back(i);
    if (!there.empty() && random_.one_in(3)) lose_agent(random_.pick(there), now);
    if (!there.empty() && random_.one_in(2)) {
        cancel["InstanceIds"] = {lifetimes[random_.pick(there)].id};
        cancelled_alone.insert(cancel["InstanceIds"][0].get<std::string>());
        partly_cancelled.insert(cancel["CommandId"].get<std::string>());
    }
    cancels[sandbox::home_region].push_back(now);
    record_change(now, "another operator cancels " + cancel.dump());
    call_ssm("CancelCommand", cancel);
}

// An older quiet by IDs stays in progress in SSM, because one of its instances was terminated while
// it was busy. All the others have been woken since. (operator-findings D1)
void History::leave_stale_quiet() {
    std::vector<std::string> ids;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < lifetimes.size(); ++i)
        if (lifetimes[i].environment == environment_of_others &&
            lifetimes[i].reachability.back().second) {
            ids.push_back(lifetimes[i].id);
            places.push_back(i);
        }
    if (ids.size() < 2) return;
    ids.resize(std::min<std::size_t>(ids.size(), 50));
    send_by_other_to("quiet", {{"InstanceIds", ids}}, clock_.now());
    clock_.pass(random_.between(2s, 8s));
    terminate(places.front(), clock_.now());
    clock_.pass(random_.between(1min, 5min));
    send_by_other("wake", clock_.now());
    clock_.pass(random_.between(30s, 3min));
}

// An older wake stays in progress, because one agent was lost. All the others have been quieted
// since. (D2)
void History::leave_stale_wake() {
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < lifetimes.size(); ++i)
        if (lifetimes[i].environment == environment_of_others &&
            lifetimes[i].reachability.back().second)
            there.push_back(i);
    if (there.size() < 2) return;
    lose_agent(there.front(), clock_.now());
    send_by_other("wake", clock_.now());
    clock_.pass(random_.between(1min, 3min));
    std::vector<std::string> ids;
    for (std::size_t i = 1; i < there.size() && ids.size() < 50; ++i)
        ids.push_back(lifetimes[there[i]].id);
    send_by_other_to("quiet", {{"InstanceIds", ids}}, clock_.now());
    clock_.pass(random_.between(30s, 3min));
}

void History::prepare() {
    if (keeps_targets_ && random_.one_in(2)) scale_in();
    if (stale_command_) action == "wake" ? leave_stale_wake() : leave_stale_quiet();
    if (!cancelled_before_) return;
    send_by_other(action, clock_.now());
    clock_.pass(random_.between(2s, 20s));
    cancel_in_flight(clock_.now());
    clock_.pass(random_.between(100ms, 5s));
}

std::vector<InstanceAtEnd> History::snapshot(const std::string& asked) {
    std::vector<InstanceAtEnd> list;
    for (const auto& lifetime : lifetimes) {
        if (lifetime.ended || lifetime.environment.find("workers") == std::string::npos) continue;
        const auto& traits = lifetime.model->traits();
        const bool healthy =
            !traits.script_fails && !traits.line_lost && !traits.never_ends && traits.workers > 0;
        list.push_back({lifetime.id, lifetime.environment,
                        lifetime.model->is_as_asked(asked, clock_.now()),
                        lifetime.model->runs_action(), healthy});
    }
    return list;
}

} // namespace simulation
