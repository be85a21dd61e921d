// What SSM does with tags and pages: it knows a young instance's tags late, may keep a terminated
// instance as a target, and may return fewer items than were asked for.
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;

void History::make_tags_late() {
    if (tag_lag_ > 0s) return;
    unusual = true;
    tag_lag_ = random_.pick(std::vector<Duration>{30s, 2min, 4min});
    note(clock_.now(), fmt::format("late tags: SSM knows them {} s after a launch", tag_lag_ / 1s));
    const auto omits = [this](const sandbox::Instance& instance) {
        const auto lifetime = std::ranges::find(lifetimes, instance.id, &InstanceLifetime::id);
        return lifetime != lifetimes.end() && clock_.now() < lifetime->tagged;
    };
    for (const auto& region : regions())
        sandbox_->change_region_state(
            region, [&](sandbox::RegionState& state) { state.visibility.omits_tags = omits; });
}

void History::make_pages_short() {
    unusual = true;
    note(clock_.now(), "SSM's pages hold half of what was asked for, the first one nothing");
    for (const auto& region : regions())
        sandbox_->change_region_state(
            region, [](sandbox::RegionState& state) { state.visibility.short_pages = true; });
}

// A read that AWS refuses and has not denied: a page token that it does not accept any more.
// Depends on the seed alone: a further random draw would change the rest of the history.
std::string History::refused_token() const {
    if (seed / 64 % 8 != 3) return {};
    const char* const call = seed / 512 % 2 == 0 ? "ssm:ListCommandInvocations" : "ssm:*";
    return fmt::format("{}=wrong-token,from={}s,first={}", call, 20 + seed / 1024 % 97 * 20,
                       1 + seed % 3);
}

void History::keep_terminated_targets() {
    if (keeps_targets_) return;
    unusual = true;
    keeps_targets_ = true;
    note(clock_.now(), "terminated instances stay targets of their tags for an hour");
    const auto keeps = [this](const sandbox::Instance& instance) {
        if (instance.state != sandbox::InstanceState::terminated) return false;
        const auto lifetime = std::ranges::find(lifetimes, instance.id, &InstanceLifetime::id);
        return lifetime != lifetimes.end() && lifetime->ended &&
               clock_.now() < *lifetime->ended + 1h;
    };
    for (const auto& region : regions())
        sandbox_->change_region_state(
            region, [&](sandbox::RegionState& state) { state.visibility.keeps_target = keeps; });
}

// Depends on the seed alone: a further random draw would change the rest of the history.
void History::lose_tags() {
    if (seed % 5 != 2) return;
    note(clock_.now(), "EC2 shows terminated instances without tags");
    const auto loses = [](const sandbox::Instance& instance) {
        return instance.state == sandbox::InstanceState::terminated;
    };
    for (const auto& region : regions())
        sandbox_->change_region_state(
            region, [&](sandbox::RegionState& state) { state.visibility.loses_tags = loses; });
}

void History::scale_in() {
    std::vector<std::size_t> alive;
    for (std::size_t i = 0; i < lifetimes.size(); ++i)
        if (!lifetimes[i].ended && lifetimes[i].environment != "acme-web") alive.push_back(i);
    if (alive.size() < 2) return;
    terminate(random_.pick(alive), clock_.now());
    clock_.pass(random_.between(61s, 10min));
}

} // namespace simulation
