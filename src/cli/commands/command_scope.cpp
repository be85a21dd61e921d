#include "src/cli/commands/command_scope.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

enum class Whose { ours, nobodys, others };

template <class Item, class WhoseIsIt>
Scope reach_of_all(const std::vector<Item>& items, WhoseIsIt whose) {
    bool ours = false;
    bool others = false;
    for (const auto& item : items) {
        ours |= whose(item) == Whose::ours;
        others |= whose(item) == Whose::others;
    }
    if (others) return ours ? Scope::wider : Scope::none;
    return items.empty() ? Scope::none : Scope::exact;
}

} // namespace

Scope scope_of(const aws::Targets& targets, const fleet::FleetSnapshot& fleet,
               const std::set<std::string>& gone) {
    if (targets.tag == fleet::environment_tag)
        return reach_of_all(targets.values, [&](const std::string& name) {
            const bool there =
                std::ranges::find(fleet.environments, name, &fleet::Environment::name) !=
                fleet.environments.end();
            if (there) return Whose::ours;
            return gone.contains(name) ? Whose::nobodys : Whose::others;
        });
    return reach_of_all(targets.ids, [&fleet](const InstanceId& id) {
        const bool ours =
            fleet.instances &&
            std::ranges::find(*fleet.instances, id, &fleet::Instance::id) != fleet.instances->end();
        return ours ? Whose::ours : Whose::others;
    });
}

std::string in_words(const aws::Targets& targets) {
    if (targets.ids.empty()) return fmt::format("{}", fmt::join(targets.values, ", "));
    const std::string& first = targets.ids.front().text;
    const std::size_t more = targets.ids.size() - 1;
    return more == 0 ? first
                     : fmt::format("{} and {} more instance{}", first, more, more == 1 ? "" : "s");
}

} // namespace snow_white::cli
