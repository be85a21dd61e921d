// Applies EB's list of environments: which appear or vanish, which EB deploys to, which run pods.
#include "src/drain/machine/apply_fleet.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/pods.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

void set_deploying(TargetEnvironment& environment, Now now) {
    const bool leaves = environment.status == "Terminating" || environment.status == "Terminated";
    if (environment.status == "Ready" || leaves)
        environment.deploying_since.reset();
    else if (!environment.deploying_since)
        environment.deploying_since = now.elapsed;
}

// Only a quiet applies to environments that appear later: a stop or a wake is for those that the
// operator saw.
void add_environment(State& state, const fleet::Environment& seen, bool appeared,
                     std::vector<Event>& events) {
    const bool on_pods = runs_pods(seen);
    const bool in_scope = !on_pods && (!appeared || state.config.action == Action::quiet);
    state.targets.environments.push_back(
        {.name = seen.name, .status = seen.status, .in_scope = in_scope, .runs_pods = on_pods});
    if (on_pods)
        events.emplace_back(Notice{.what = fmt::format("{}; {}", pods_out_of_reach(seen.name),
                                                       advice_for_pods(state.config.action)),
                                   .important = true});
    if (!appeared || on_pods) return;
    const std::string sentence =
        fmt::format("environment {} appeared during the run{}", seen.name,
                    in_scope ? ": its workers are quieted, too" : ": it gets no command");
    add_once(state.notices.warnings, sentence);
    events.emplace_back(Notice{sentence});
}

} // namespace

void apply_environments(State& state, const std::vector<fleet::Environment>& seen, Now now,
                        std::vector<Event>& events) {
    const bool first = state.targets.environments.empty();
    const auto before = std::exchange(state.watch.environments_seen, now.elapsed);
    // After an outage, or a suspension of the monitor.
    const bool missed_a_deploy = before && now.elapsed - *before >= missed_deploy_interval;
    for (const auto& one : seen) {
        auto& known = state.targets.environments;
        auto found = std::ranges::find(known, one.name, &TargetEnvironment::name);
        if (found == known.end()) {
            add_environment(state, one, !first, events);
            found = std::prev(known.end());
        }
        found->status = one.status;
        found->listed = true;
        const bool was_deploying = found->deploying_since.has_value();
        set_deploying(*found, now);
        // A deploy starts the workers anew, also on finished instances.
        if ((was_deploying && !found->deploying_since) || missed_a_deploy)
            note_finished(state, one.name);
        if (found->deploying_since && !found->runs_pods)
            add_once(state.notices.warnings,
                     fmt::format("environment {} is {}: its instances may change under the command",
                                 one.name, one.status));
    }
    for (auto& one : state.targets.environments)
        if (!contains(seen, one.name, &fleet::Environment::name)) {
            one.deploying_since.reset();
            one.listed = false;
        }
}

} // namespace snow_white::drain
