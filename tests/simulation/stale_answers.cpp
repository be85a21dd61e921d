// Answers that are older than the world, or than the answer before: a list omits an agent or an
// environment once, an invocation is shown as it was while it ran, EC2 no longer knows a terminated
// instance.
#include "tests/simulation/history.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;

void History::make_answers_stale() {
    unusual = true;
    const bool forgets = random_.one_in(2);
    const bool agents = random_.one_in(2);
    const bool environments = random_.one_in(2);
    const bool invocations = random_.one_in(2);
    const Duration known = random_.pick(std::vector<Duration>{1min, 10min});
    const auto once = [this](const std::string& key, std::int64_t one_in, const std::string& what) {
        if (!random_.one_in(one_in) || lists_asked_[key]++ > 0) return false;
        note(clock_.now(), what);
        return true;
    };
    for (const auto& region : regions())
        sandbox_->change_region_state(region, [&](sandbox::RegionState& state) {
            if (forgets)
                state.visibility.forgets_instance = [this,
                                                     known](const sandbox::Instance& instance) {
                    if (instance.state != sandbox::InstanceState::terminated) return false;
                    const auto lifetime =
                        std::ranges::find(lifetimes, instance.id, &InstanceLifetime::id);
                    return lifetime != lifetimes.end() && lifetime->ended &&
                           clock_.now() > *lifetime->ended + known;
                };
            if (agents)
                state.visibility.omits_agent = [this, once](const sandbox::Instance& instance) {
                    const bool omitted = once("agent " + instance.id, 40,
                                              instance.id + ": the list of agents omits it");
                    if (omitted) unlisted_launches.push_back({clock_.now(), clock_.now()});
                    return omitted;
                };
            if (environments)
                state.visibility.omits_environment =
                    [=, this](const sandbox::Environment& environment) {
                        return clock_.now() > run_begun_ + 5s &&
                               once("environment " + environment.name, 20,
                                    environment.name + ": the list of environments omits it");
                    };
            if (invocations)
                state.visibility.shows_old_invocation = [=, this](const std::string& command,
                                                                  const std::string& instance) {
                    return once("old " + instance, 10 + static_cast<std::int64_t>(lifetimes.size()),
                                instance + ": SSM shows it as it was while " + command + " ran");
                };
        });
}

} // namespace simulation
