// Answers that are older than the world, or than the answer before: an agent or an environment that
// a list lacks once, an invocation shown as it was while it ran, a terminated instance that EC2
// knows no more.
#include "tests/simulation/history.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;

void History::make_answers_old() {
    odd = true;
    const bool forgets = chance_.one_in(2);
    const bool agents = chance_.one_in(2);
    const bool environments = chance_.one_in(2);
    const bool invocations = chance_.one_in(2);
    const Duration known = chance_.among(std::vector<Duration>{1min, 10min});
    const auto once = [this](const std::string& key, std::int64_t one_in, const std::string& what) {
        if (!chance_.one_in(one_in) || lists_asked_[key]++ > 0) return false;
        note(clock_.now(), what);
        return true;
    };
    for (const auto& region : regions())
        box_->change_world(region, [&](sandbox::World& world) {
            if (forgets)
                world.visibility.forgets_instance = [this,
                                                     known](const sandbox::Instance& instance) {
                    if (instance.state != sandbox::InstanceState::terminated) return false;
                    const auto life = std::ranges::find(lives, instance.id, &Life::id);
                    return life != lives.end() && life->ended &&
                           clock_.now() > *life->ended + known;
                };
            if (agents)
                world.visibility.omits_agent = [this, once](const sandbox::Instance& instance) {
                    const bool omitted = once("agent " + instance.id, 40,
                                              instance.id + ": the list of agents omits it");
                    if (omitted) unseen_launches.push_back({clock_.now(), clock_.now()});
                    return omitted;
                };
            if (environments)
                world.visibility.omits_environment =
                    [=, this](const sandbox::Environment& environment) {
                        return clock_.now() > run_begun_ + 5s &&
                               once("environment " + environment.name, 20,
                                    environment.name + ": the list of environments omits it");
                    };
            if (invocations)
                world.visibility.shows_old_invocation = [=, this](const std::string& command,
                                                                  const std::string& instance) {
                    return once("old " + instance, 10 + static_cast<std::int64_t>(lives.size()),
                                instance + ": SSM shows it as it was while " + command + " ran");
                };
        });
}

} // namespace simulation
