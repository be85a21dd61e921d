#include "src/cli/commands/command_scope.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

template <class Items, class IsOurs, class IsGone>
Scope scope_of_all(const Items& items, IsOurs is_ours, IsGone is_gone) {
    if (items.empty()) return Scope::none;
    const auto known = [&](const auto& item) { return is_ours(item) || is_gone(item); };
    if (std::ranges::all_of(items, known)) return Scope::exact;
    return std::ranges::any_of(items, is_ours) ? Scope::wider : Scope::none;
}

} // namespace

Scope scope_of(const aws::Targets& targets, const fleet::FleetSnapshot& fleet,
               const std::set<std::string>& gone) {
    const auto is_gone = [&gone](const std::string& name) { return gone.contains(name); };
    const auto is_matched = [&fleet](const std::string& name) {
        return std::ranges::find(fleet.environments, name, &fleet::Environment::name) !=
               fleet.environments.end();
    };
    if (targets.tag == fleet::environment_tag)
        return scope_of_all(targets.values, is_matched, is_gone);
    const auto is_known = [&fleet](const InstanceId& id) {
        return fleet.instances && std::ranges::find(*fleet.instances, id, &fleet::Instance::id) !=
                                      fleet.instances->end();
    };
    return scope_of_all(targets.ids, is_known, [](const InstanceId&) { return false; });
}

std::string in_words(const aws::Targets& targets) {
    if (targets.ids.empty()) return fmt::format("{}", fmt::join(targets.values, ", "));
    const std::string& first = targets.ids.front().text;
    const std::size_t more = targets.ids.size() - 1;
    return more == 0 ? first
                     : fmt::format("{} and {} more instance{}", first, more, more == 1 ? "" : "s");
}

} // namespace snow_white::cli
