// What SSM makes of tags and of pages: it knows a young instance's tags late, may keep a terminated
// instance as a target, and may show fewer than was asked for.
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
        box_->change_world(region,
                           [&](sandbox::World& world) { world.visibility.omits_tags = omits; });
}

void History::make_pages_short() {
    odd = true;
    note(clock_.now(), "SSM's pages hold half of what was asked for, the first one nothing");
    for (const auto& region : regions())
        box_->change_world(region,
                           [](sandbox::World& world) { world.visibility.short_pages = true; });
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
        box_->change_world(region,
                           [&](sandbox::World& world) { world.visibility.keeps_target = keeps; });
}

// By the seed itself, so that the rest of the history stays.
void History::lose_tags() {
    if (seed % 5 != 2) return;
    note(clock_.now(), "EC2 shows terminated instances without tags");
    const auto loses = [](const sandbox::Instance& instance) {
        return instance.state == sandbox::InstanceState::terminated;
    };
    for (const auto& region : regions())
        box_->change_world(region,
                           [&](sandbox::World& world) { world.visibility.loses_tags = loses; });
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
