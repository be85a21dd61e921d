#include "src/cli/reach.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

template <class Item, class IsOurs> Reach reach_of_all(const std::vector<Item>& items, IsOurs is_ours) {
    const auto ours = std::ranges::count_if(items, is_ours);
    if (ours == 0) return Reach::elsewhere;
    return static_cast<std::size_t>(ours) == items.size() ? Reach::within : Reach::beyond;
}

} // namespace

Reach reach_of(const aws::Targets& targets, const fleet::FleetSnapshot& fleet) {
    if (targets.tag == fleet::environment_tag)
        return reach_of_all(targets.values, [&fleet](const std::string& name) {
            return std::ranges::find(fleet.environments, name, &fleet::Environment::name) !=
                   fleet.environments.end();
        });
    return reach_of_all(targets.ids, [&fleet](const aws::InstanceId& id) {
        return fleet.instances &&
               std::ranges::find(*fleet.instances, id, &fleet::Instance::id) != fleet.instances->end();
    });
}

std::string in_words(const aws::Targets& targets) {
    if (targets.ids.empty()) return fmt::format("{}", fmt::join(targets.values, ", "));
    const std::string& first = targets.ids.front().text;
    const std::size_t more = targets.ids.size() - 1;
    return more == 0 ? first : fmt::format("{} and {} more instance{}", first, more, more == 1 ? "" : "s");
}

} // namespace snow_white::cli
