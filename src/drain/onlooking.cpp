#include "src/drain/onlooking.hpp"

#include "src/drain/answers.hpp"
#include "src/drain/members.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <utility>

namespace snow_white::drain {

namespace {

constexpr std::chrono::seconds a_page{5}; // of results, from one reading to the next
constexpr int instances_a_page = 50;
// Each asking pulls the script there, from GitHub in most fleets, which answers an address 60 times an hour:
// a third of these.
constexpr std::chrono::minutes an_asking{3};
constexpr std::size_t most_asked = 5;            // at once
constexpr std::chrono::seconds first_asking{15}; // idle workers have ended by then
constexpr std::chrono::seconds answer_pause{5};
constexpr int most_readings = 3; // of an asking's answers; who has not answered then is asked another time

std::optional<Want> reading(State& state, Instant now) {
    Onlooking& on = state.onlooking;
    const auto sum = sum_of(state.commands);
    const std::pair counts{sum.completed, sum.targeted};
    if (!on.reads || sum.targeted == 0 || counts == on.read_at || now < on.next_reading) return std::nullopt;
    on.read_at = counts;
    on.next_reading = now + a_page * (1 + (sum.targeted - 1) / instances_a_page);
    state.aside = Aside::standing;
    return ReadResults{ids_of(state.commands)};
}

// Those whose answer is the oldest, or who have given none.
std::vector<InstanceId> whom_to_ask(const State& state) {
    std::vector<std::pair<Instant, InstanceId>> by_age;
    for (const auto& [id, member] : state.members) {
        const auto shown = state.onlooking.shown.find(id);
        const bool waits = member.in_command && shown != state.onlooking.shown.end() &&
                           shown->second.finding.outcome == Outcome::pending;
        if (!waits || !runs(member) || member.agent == fleet::Agent::absent || member.lost_since) continue;
        const auto heard = state.onlooking.heard.find(id);
        by_age.emplace_back(heard == state.onlooking.heard.end() ? Instant{} : heard->second.at, id);
    }
    std::ranges::sort(by_age);
    std::vector<InstanceId> ids;
    for (const auto& [at, id] : by_age)
        if (ids.size() < most_asked) ids.push_back(id);
    return ids;
}

std::optional<Want> asking(State& state, Instant now) {
    Onlooking& on = state.onlooking;
    if (!on.asks || !state.plan.can_ask || state.plan.action == Action::wake || on.asked ||
        now < on.next_asking || state.commands.empty() || now < state.commands.back().sent + first_asking)
        return std::nullopt;
    const auto ids = whom_to_ask(state);
    if (ids.empty()) return std::nullopt;
    on.next_asking = now + an_asking * static_cast<int>(ids.size());
    state.aside = Aside::asking;
    return Send{{Errand::ask, {}, ids}};
}

void take_in_results(State& state, Results results) {
    for (auto& invocation : results.invocations) {
        const auto known = state.members.find(invocation.id);
        if (known == state.members.end() && state.sees_instances) continue; // of others' environments
        Member member = known == state.members.end() ? Member{} : known->second;
        take_in(member, invocation);
        state.onlooking.shown[invocation.id] = {member.acted, invocation.requested};
    }
}

void take_in_jobs(State& state, const Results& results, Instant now) {
    Onlooking& on = state.onlooking;
    for (const auto& invocation : results.invocations)
        if (invocation.line && invocation.line->untold == 0)
            on.heard[invocation.id] = {jobs_of(invocation.line->workers), now};
    const bool all = !results.invocations.empty() &&
                     std::ranges::none_of(results.invocations, [](const Invocation& invocation) {
                         return invocation.end == Outcome::pending;
                     });
    if (all || ++on.readings == most_readings) on.asked.reset();
    on.next_answers = now + answer_pause;
}

void take_in_failure(State& state, const Failed& failed, Instant now) {
    Onlooking& on = state.onlooking;
    const bool may_pass = failed.kind == Failed::Kind::unavailable || failed.kind == Failed::Kind::lost;
    if (state.aside == Aside::standing) on.reads = may_pass;
    if (state.aside == Aside::standing) on.read_at = {-1, -1};
    if (state.aside == Aside::asking) on.asks = may_pass;
    if (state.aside == Aside::jobs && (!may_pass || ++on.readings == most_readings)) on.asked.reset();
    on.next_answers = now + answer_pause;
}

struct Entry {
    Finding finding;
    std::optional<Instant> told;
};

// The drain's own knowledge, and where that is only that it waits, what was read for the onlooker.
Entry entry_of(const State& state, const InstanceId& id, const Member& member, Instant now) {
    Entry entry;
    if (state.begun) entry.finding = finding_of(state, member, now);
    const auto shown = state.onlooking.shown.find(id);
    if (shown == state.onlooking.shown.end()) return entry;
    entry.told = shown->second.told;
    if (entry.finding.outcome == Outcome::pending) entry.finding = shown->second.finding;
    return entry;
}

class Tally {
public:
    Tally(const State& state, Instant now) : state_(state), now_(now) {
        for (const auto& environment : state.environments)
            rows_[environment.name].name = environment.name;
    }

    void add(const InstanceId& id, const Member& member) {
        const Entry entry = entry_of(state_, id, member, now_);
        EnvironmentStanding& row = rows_[member.environment];
        row.name = member.environment;
        for (EnvironmentStanding* one : {&row, &all_}) {
            ++one->instances;
            if (is_gone(entry.finding.outcome))
                ++one->gone;
            else if (is_well(entry.finding.outcome))
                ++one->as_asked;
        }
        if (!is_well(entry.finding.outcome)) add_straggler(id, member, entry);
    }

    void write(Standing& standing) {
        standing.all = all_;
        for (auto& [name, row] : rows_)
            standing.environments.push_back(std::move(row));
        standing.stragglers = std::move(stragglers_);
        standing.jobs = jobs_;
        standing.heard = heard_;
        trim(standing);
    }

private:
    void add_straggler(const InstanceId& id, const Member& member, const Entry& entry) {
        Straggler one{.id = id,
                      .environment = member.environment,
                      .outcome = entry.finding.outcome,
                      .since = entry.told.value_or(state_.plan.started)};
        const auto heard = state_.onlooking.heard.find(id);
        if (one.outcome == Outcome::pending && heard != state_.onlooking.heard.end())
            one.heard = heard->second;
        if (one.heard) {
            jobs_ += one.heard->jobs;
            ++heard_;
        }
        stragglers_.push_back(std::move(one));
    }

    const State& state_;
    Instant now_;
    std::map<std::string, EnvironmentStanding> rows_;
    EnvironmentStanding all_;
    std::vector<Straggler> stragglers_;
    int jobs_ = 0;
    std::size_t heard_ = 0;
};

Standing standing_of(const State& state, Instant now) {
    Standing standing{.action = state.plan.action,
                      .stage = state.errand == Errand::ask ? Stage::checking
                               : state.begun               ? Stage::waiting
                                                           : Stage::looking,
                      .begun = state.plan.started,
                      .deadline = state.plan.deadline};
    const auto sum = sum_of(state.errand == Errand::ask ? state.sweep : state.commands);
    standing.completed = sum.completed;
    standing.targeted = sum.targeted;
    Tally tally(state, now);
    for (const auto& [id, member] : state.members)
        tally.add(id, member);
    if (!state.sees_instances) // nobody says which there are: those that SSM has reached are some
        for (const auto& [id, shown] : state.onlooking.shown)
            if (!state.members.contains(id)) tally.add(id, Member{.present = true, .in_command = true});
    tally.write(standing);
    return standing;
}

bool changes_the_standing(const Event& event) {
    const auto* advanced = std::get_if<Advanced>(&event);
    return std::holds_alternative<Matched>(event) || std::holds_alternative<Started>(event) ||
           (advanced != nullptr && advanced->errand == Errand::ask); // of the action: when it is read who
}

} // namespace

std::optional<Want> wanted_by_onlooker(State& state, Instant now) {
    Onlooking& on = state.onlooking;
    if (!state.plan.looked_on || state.errand != Errand::act) return std::nullopt;
    if (on.asked && now >= on.next_answers) {
        state.aside = Aside::jobs;
        return ReadResults{{*on.asked}};
    }
    auto wanted = reading(state, now);
    return wanted ? wanted : asking(state, now);
}

void take_in_for_onlooker(State& state, const Observation& seen, Instant now) {
    state.onlooking.news = true;
    if (const auto* failed = std::get_if<Failed>(&seen)) return take_in_failure(state, *failed, now);
    if (const auto* sent = std::get_if<Sent>(&seen)) {
        state.onlooking.asked = sent->id;
        state.onlooking.readings = 0;
        state.onlooking.next_answers = now + answer_pause;
        return;
    }
    const auto& results = std::get<Results>(seen);
    if (state.aside == Aside::standing)
        take_in_results(state, results);
    else
        take_in_jobs(state, results, now);
}

Step tell_onlooker(Step step, Instant now) {
    if (!step.state.plan.looked_on) return step; // nor when it is over: then there is no state
    if (!std::exchange(step.state.onlooking.news, false) &&
        std::ranges::none_of(step.events, changes_the_standing))
        return step;
    step.events.emplace_back(standing_of(step.state, now));
    return step;
}

} // namespace snow_white::drain
