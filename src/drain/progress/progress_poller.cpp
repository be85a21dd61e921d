#include "src/drain/progress/progress_poller.hpp"

#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/transitions.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

constexpr std::chrono::seconds result_page_interval{5}; // for each page, before the next reading
// Each status command runs the script on the instances. Half a minute is short beside most jobs.
constexpr std::chrono::seconds status_interval{30};
constexpr std::size_t most_instances_asked = max_ids_per_command;
// Documents that download the script mostly do so from GitHub, which answers 60 unauthenticated
// requests an hour from one address: a third of these.
constexpr std::chrono::minutes time_a_download{3};
constexpr std::size_t most_downloads = 5;              // at once
constexpr std::chrono::seconds first_status_delay{15}; // instances without jobs finish before
constexpr std::chrono::seconds answer_pause{5};
// Of one command's answers. An instance that has not answered by then gets the next command.
constexpr int most_status_reads = 3;

bool waits_for_action(const State& state) {
    const auto* wait = std::get_if<Wait>(&state.phase);
    return wait != nullptr && wait->purpose == Purpose::act && !state.outage;
}

} // namespace

std::optional<Effect> ProgressPoller::due(const State& state, Now now) {
    if (!state.config.live_progress || !waits_for_action(state)) return std::nullopt;
    if (status_command_ && now.elapsed >= next_status_read_) {
        request_ = Request::jobs;
        return CollectResults{{*status_command_}};
    }
    if (auto effect = read_results(state, now)) return effect;
    return ask_status(state, now);
}

std::optional<Effect> ProgressPoller::read_results(const State& state, Now now) {
    const auto sum = sum_of(state.commands);
    const std::pair counts{sum.completed, sum.targeted};
    if (!reads_results_ || sum.targeted == 0 || counts == read_at_ || now.elapsed < next_results_)
        return std::nullopt;
    read_at_ = counts;
    next_results_ =
        now.elapsed + result_page_interval * (1 + (sum.targeted - 1) / invocations_per_page);
    request_ = Request::results;
    return CollectResults{ids_of(state.commands)};
}

// Unfinished instances, those without an answer or with the oldest one first.
std::vector<InstanceId> ProgressPoller::instances_to_ask(const State& state) const {
    std::vector<std::pair<Instant, InstanceId>> by_age;
    for (const auto& [id, instance] : state.targets.instances) {
        const auto seen = polled_.instances.find(id);
        const bool waits = instance.last && instance.last->open &&
                           seen != polled_.instances.end() &&
                           (seen->second.command != instance.last->id ||
                            seen->second.finding.outcome == Outcome::pending);
        if (!waits || !exists(instance) || instance.agent == fleet::Agent::absent ||
            instance.agent_lost_at)
            continue;
        const auto last_count = polled_.jobs.find(id);
        by_age.emplace_back(last_count == polled_.jobs.end() ? Instant{} : last_count->second.at,
                            id);
    }
    std::ranges::sort(by_age);
    std::vector<InstanceId> ids;
    for (const auto& [at, id] : by_age)
        if (ids.size() < (carries_script_ ? most_instances_asked : most_downloads))
            ids.push_back(id);
    return ids;
}

std::optional<Effect> ProgressPoller::ask_status(const State& state, Now now) {
    if (!asks_status_ || !state.config.has_status_document || state.config.action == Action::wake ||
        status_command_ || now.elapsed < next_status_ || state.commands.empty() ||
        now.elapsed < state.commands.back().since + first_status_delay)
        return std::nullopt;
    const auto ids = instances_to_ask(state);
    if (ids.empty()) return std::nullopt;
    next_status_ =
        now.elapsed + (carries_script_ ? Duration{status_interval}
                                       : Duration{time_a_download * static_cast<int>(ids.size())});
    request_ = Request::status;
    return SendCommand{{Purpose::verify, {}, ids}};
}

void ProgressPoller::apply_results(const State& state, const std::vector<CommandResults>& results) {
    for (const auto& one : results)
        for (const auto& invocation : one.invocations) {
            carries_script_ = carries_script_ || invocation.carries_script;
            const auto* known = find_instance(state.targets, invocation.id);
            if (known == nullptr && state.targets.sees_instances)
                continue; // of another environment
            if (known != nullptr && known->last && known->last->id != one.id)
                continue; // an earlier command
            TrackedInstance copy = known == nullptr ? TrackedInstance{} : *known;
            apply_invocation(copy, invocation, state.config.action);
            polled_.instances[invocation.id] = {copy.action_result, invocation.requested, one.id};
        }
}

void ProgressPoller::apply_jobs(const std::vector<CommandResults>& results, Now now) {
    bool all = false;
    for (const auto& one : results)
        for (const auto& invocation : one.invocations) {
            if (invocation.line && invocation.line->omitted_workers == 0)
                polled_.jobs[invocation.id] =
                    counted_[invocation.id] = {count_jobs(invocation.line->workers), now.wall};
            all = !contains(one.invocations, InvocationEnd::pending, &InvocationResult::end);
        }
    if (all || ++status_reads_ == most_status_reads) status_command_.reset();
    next_status_read_ = now.elapsed + answer_pause;
}

// A temporary failure is retried. After a denial or a refusal the call is not made again.
void ProgressPoller::apply_failure(const CallFailure& failure, Now now) {
    const bool passes =
        failure.kind == CallFailure::Kind::unavailable || failure.kind == CallFailure::Kind::lost;
    if (request_ == Request::results) {
        reads_results_ = passes;
        read_at_ = {-1, -1};
    }
    if (request_ == Request::status)
        asks_status_ = passes || failure.kind == CallFailure::Kind::invalid_target;
    if (request_ == Request::jobs && (!passes || ++status_reads_ == most_status_reads))
        status_command_.reset();
    next_status_read_ = now.elapsed + answer_pause;
}

void ProgressPoller::apply(const State& state, const Response& response, Now now) {
    if (const auto* sent = std::get_if<Answered<SendCommand>>(&response)) {
        if (!sent->answer) return apply_failure(sent->answer.error(), now);
        status_command_ = *sent->answer;
        status_reads_ = 0;
        next_status_read_ = now.elapsed + answer_pause;
    } else if (const auto* read = std::get_if<Answered<CollectResults>>(&response)) {
        if (!read->answer) return apply_failure(read->answer.error(), now);
        if (request_ == Request::results)
            apply_results(state, *read->answer);
        else
            apply_jobs(*read->answer, now);
    }
}

std::map<InstanceId, JobCount> ProgressPoller::take_job_counts() {
    return std::exchange(counted_, {});
}

std::optional<ProgressSnapshot> ProgressPoller::changed_snapshot(const State& state, Now now) {
    auto snapshot = build_snapshot(state, polled_, now);
    if (last_ == snapshot) return std::nullopt;
    last_ = snapshot;
    return snapshot;
}

} // namespace snow_white::drain
