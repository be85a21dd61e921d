// What SSM makes of tags: it knows a young instance's late, and may keep a terminated instance as a target.
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;

void History::make_tags_late() {
    if (tag_lag_ > 0s) return;
    odd = true;
    tag_lag_ = chance_.among(std::vector<Duration>{30s, 2min, 4min});
    note(clock_.now(), fmt::format("late tags: SSM knows them {} s after a launch", tag_lag_ / 1s));
    const auto omits = [this](const sandbox::Instance& instance) {
        const auto life = std::ranges::find(lives, instance.id, &Life::id);
        return life != lives.end() && clock_.now() < life->tagged;
    };
    for (const auto& region : regions())
        box_->change_world(region, [&](sandbox::World& world) { world.visibility.omits_tags = omits; });
}

void History::keep_terminated_targets() {
    if (keeps_targets_) return;
    odd = true;
    keeps_targets_ = true;
    note(clock_.now(), "terminated instances stay targets of their tags for an hour");
    const auto keeps = [this](const sandbox::Instance& instance) {
        if (instance.state != sandbox::InstanceState::terminated) return false;
        const auto life = std::ranges::find(lives, instance.id, &Life::id);
        return life != lives.end() && life->ended && clock_.now() < *life->ended + 1h;
    };
    for (const auto& region : regions())
        box_->change_world(region, [&](sandbox::World& world) { world.visibility.keeps_target = keeps; });
}

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
                world.visibility.forgets_instance = [this, known](const sandbox::Instance& instance) {
                    if (instance.state != sandbox::InstanceState::terminated) return false;
                    const auto life = std::ranges::find(lives, instance.id, &Life::id);
                    return life != lives.end() && life->ended && clock_.now() > *life->ended + known;
                };
            if (agents)
                world.visibility.omits_agent = [once](const sandbox::Instance& instance) {
                    return once("agent " + instance.id, 40, instance.id + ": the list of agents omits it");
                };
            if (environments)
                world.visibility.omits_environment = [=, this](const sandbox::Environment& environment) {
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

void History::scale_in() {
    std::vector<std::size_t> alive;
    for (std::size_t i = 0; i < lives.size(); ++i)
        if (!lives[i].ended && lives[i].environment != "acme-web") alive.push_back(i);
    if (alive.size() < 2) return;
    terminate(chance_.among(alive), clock_.now());
    clock_.pass(chance_.between(61s, 10min));
}

} // namespace simulation
