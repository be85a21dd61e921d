// What is unusual in a history and no fault of anybody's: lists that are late, ids that SSM
// refuses, SendCommand out of reach, workers between two starts, commands that were cancelled or
// left open before.
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::Json;

namespace {

// The lists' part of it.
void set_lists(sandbox::Visibility& old, const sandbox::Visibility& made) {
    old.omits_instance = made.omits_instance;
    old.omits_command = made.omits_command;
    old.invocations_shown = made.invocations_shown;
}

} // namespace

void History::draw_oddities() {
    const auto count =
        calm_ ? chance_.between(0, 1) : chance_.among(std::vector<std::int64_t>{0, 0, 1, 2, 3});
    if (count > 0 && (calm_ || chance_.one_in(2))) make_lists_late(); // nothing goes wrong by that
    if (calm_) return;
    for (std::int64_t i = 0; i < count; ++i)
        draw_oddity();
    if (seed % 16 == 11) make_pages_short(); // by the seed: the draws of others stay
}

void History::draw_oddity() {
    odd = true;
    switch (chance_.between(1, 13)) {
    case 1:
    case 2:
        return make_lists_late();
    case 3:
        refuses_ids_ = true;
        return;
    case 4:
        send_refusals_ = chance_.between(1, 3);
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
        if (chance_.one_in(3)) pause_at_call_ = static_cast<int>(chance_.between(5, 200));
        in_batches_ = action == "wake";
        return;
    case 11:
    case 12:
        return make_answers_old();
    default:
        document_missing_there = in_two_regions() && chance_.one_in(2);
        status_document_missing = !in_two_regions() && chance_.one_in(4);
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

// The delays are the history's; what is left out once is drawn as it is asked for.
void History::make_lists_late() {
    odd = true;
    if (late_lists_) return;
    late_lists_ = true;
    const Duration young = young_ = chance_.among(std::vector<Duration>{0s, 30s, 2min, 4min});
    const Duration command_lag = chance_.among(std::vector<Duration>{0s, 1s, 5s, 15s});
    const Duration invocation_lag = chance_.among(std::vector<Duration>{0s, 2s, 5s});
    const bool omits = chance_.one_in(2);
    const bool halves = chance_.one_in(2);
    note(clock_.now(),
         fmt::format("late lists: instances {} s, commands {} s, invocations {} s{}{}", young / 1s,
                     command_lag / 1s, invocation_lag / 1s, omits ? ", an instance once" : "",
                     halves ? ", half of the invocations once" : ""));
    const Instant begin = clock_.now();
    const sandbox::Visibility visibility{
        .omits_instance =
            [this, omits, begin](const sandbox::Instance& instance, Instant now) {
                const auto life = std::ranges::find(lives, instance.id, &Life::id);
                if (life != lives.end() && now < life->listed) return true;
                const bool once = omits && instance.state == sandbox::InstanceState::running &&
                                  now > begin + 5s && chance_.one_in(40) &&
                                  lists_asked_[instance.id]++ == 0;
                if (once) note(now, instance.id + ": EC2's list omits it");
                if (once && life != lives.end()) life->omitted = now;
                return once;
            },
        .omits_command = [command_lag](const std::string&, Instant requested,
                                       Instant now) { return now < requested + command_lag; },
        .invocations_shown =
            [this, invocation_lag, halves](const std::string& command, Instant requested,
                                           Instant now, std::size_t count) {
                if (now < requested + invocation_lag)
                    return std::min<std::size_t>(count, count / 2);
                if (!halves || !chance_.one_in(4) || lists_asked_[command]++ > 0) return count;
                const std::size_t shown = chance_.one_in(2) ? 0 : count / 2;
                note(now,
                     fmt::format("SSM shows {} of {} invocations of {}", shown, count, command));
                return shown;
            }};
    for (const auto& region : regions())
        box_->change_world(region,
                           [&](sandbox::World& world) { set_lists(world.visibility, visibility); });
}

// What becomes of a SendCommand before SSM sees it.
std::optional<snow_white::aws::Error> History::refuse_send(const Json& request,
                                                           const std::string& region) {
    using snow_white::aws::ErrorKind;
    const Instant now = clock_.now();
    const auto ids = request.value("InstanceIds", std::vector<std::string>{});
    if (refuses_ids_ && ids.size() > 1 && chance_.one_in(2)) {
        const auto& gone = chance_.among(ids);
        for (std::size_t i = 0; i < lives.size(); ++i)
            if (lives[i].id == gone && !lives[i].ended) terminate(i, now);
    }
    if (send_refusals_ > 0 && chance_.one_in(2) &&
        (!send_refusal_ || now >= send_refusal_->until)) {
        --send_refusals_;
        const Duration lasts =
            chance_.one_in(2) ? chance_.between(1s, 5s) : chance_.between(2min, 15min);
        send_refusal_ = Span{now, now + lasts};
        kind_of_refusal_ = chance_.between(0, 4);
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

void History::lose_processes(std::size_t life, Instant now) {
    const Duration lasts = chance_.between(5s, 90s);
    happens(now,
            fmt::format("{}: its workers have no process for {} s", lives[life].id, lasts / 1s));
    changes.push_back(now + lasts);
    lives[life].model->lose_processes(now, now + lasts);
}

// By another operator: everything, or one instance; now and then of one whose agent is silent.
void History::cancel_in_flight(Instant now) {
    const Json executing{{"Filters", {{{"key", "ExecutionStage"}, {"value", "Executing"}}}}};
    const Json listed = Json::parse(ask_ssm("ListCommands", executing), nullptr, false);
    if (!listed.is_object() || !listed.contains("Commands") || listed["Commands"].empty()) return;
    Json cancel{{"CommandId", listed["Commands"][0]["CommandId"]}};
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < lives.size(); ++i)
        if (!lives[i].ended && lives[i].environment == environment_of_others) there.push_back(i);
    if (!there.empty() && chance_.one_in(3)) lose_agent(chance_.among(there), now);
    if (!there.empty() && chance_.one_in(2)) {
        cancel["InstanceIds"] = {lives[chance_.among(there)].id};
        cancelled_alone.insert(cancel["InstanceIds"][0].get<std::string>());
        partly_cancelled.insert(cancel["CommandId"].get<std::string>());
    }
    cancels[sandbox::home_region].push_back(now);
    happens(now, "another operator cancels " + cancel.dump());
    ask_ssm("CancelCommand", cancel);
}

// An older quiet by ids stays open in SSM since one of its instances was terminated while it was
// busy; all the others have been woken since. (operator-findings D1)
void History::leave_stale_quiet() {
    std::vector<std::string> ids;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < lives.size(); ++i)
        if (lives[i].environment == environment_of_others && lives[i].reach.back().second) {
            ids.push_back(lives[i].id);
            places.push_back(i);
        }
    if (ids.size() < 2) return;
    ids.resize(std::min<std::size_t>(ids.size(), 50));
    others_send_to("quiet", {{"InstanceIds", ids}}, clock_.now());
    clock_.pass(chance_.between(2s, 8s));
    terminate(places.front(), clock_.now());
    clock_.pass(chance_.between(1min, 5min));
    others_send("wake", clock_.now());
    clock_.pass(chance_.between(30s, 3min));
}

// An older wake stays open since one agent was lost; all the others have been quieted since. (D2)
void History::leave_stale_wake() {
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < lives.size(); ++i)
        if (lives[i].environment == environment_of_others && lives[i].reach.back().second)
            there.push_back(i);
    if (there.size() < 2) return;
    lose_agent(there.front(), clock_.now());
    others_send("wake", clock_.now());
    clock_.pass(chance_.between(1min, 3min));
    std::vector<std::string> ids;
    for (std::size_t i = 1; i < there.size() && ids.size() < 50; ++i)
        ids.push_back(lives[there[i]].id);
    others_send_to("quiet", {{"InstanceIds", ids}}, clock_.now());
    clock_.pass(chance_.between(30s, 3min));
}

void History::prepare() {
    if (keeps_targets_ && chance_.one_in(2)) scale_in();
    if (stale_command_) action == "wake" ? leave_stale_wake() : leave_stale_quiet();
    if (!cancelled_before_) return;
    others_send(action, clock_.now());
    clock_.pass(chance_.between(2s, 20s));
    cancel_in_flight(clock_.now());
    clock_.pass(chance_.between(100ms, 5s));
}

std::vector<AtEnd> History::snapshot(const std::string& asked) {
    std::vector<AtEnd> list;
    for (const auto& life : lives) {
        if (life.ended || life.environment.find("workers") == std::string::npos) continue;
        const auto& character = life.model->character();
        const bool fit = !character.script_fails && !character.mute && !character.never_ends &&
                         character.workers > 0;
        list.push_back({life.id, life.environment, life.model->is_as_asked(asked, clock_.now()),
                        life.model->acts(), fit});
    }
    return list;
}

} // namespace simulation
