#include "src/report/text/report_groups.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace snow_white::report {

namespace {

using drain::Outcome;

constexpr std::size_t most_reasons = 3; // of an outcome, that have a group each

// The values of a map, in ascending order of `rank`, then of their keys.
template <class Key, class Value, class Rank>
std::vector<Value> sorted_values(std::map<Key, Value> map, Rank rank) {
    std::vector<Value> sorted;
    for (auto& [key, value] : map)
        sorted.push_back(std::move(value));
    std::ranges::stable_sort(sorted, {}, rank);
    return sorted;
}

// Ranks the larger count first.
long descending(std::size_t count) {
    return -static_cast<long>(count);
}

// A group for each outcome and note, in the order in which they come first.
std::vector<Group> by_reason(const std::vector<drain::InstanceResult>& instances) {
    std::map<std::pair<Outcome, std::string>, std::size_t> places;
    std::vector<Group> groups;
    for (const auto& instance : instances) {
        const auto [place, is_new] =
            places.try_emplace({instance.outcome, instance.note}, groups.size());
        if (is_new) groups.push_back({instance.outcome, instance.note, {}});
        groups[place->second].instances.push_back(instance);
    }
    return groups;
}

} // namespace

std::vector<EnvironmentRow> by_environment(const drain::Report& report) {
    std::map<std::string, EnvironmentRow> rows;
    for (const auto& name : report.environments)
        if (std::ranges::find(report.on_pods, name) == report.on_pods.end()) rows[name].name = name;
    for (const auto& instance : report.instances) {
        EnvironmentRow& row = rows[instance.environment];
        row.name = instance.environment;
        ++row.instances;
        if (is_gone(instance.outcome))
            ++row.gone;
        else if (is_success(instance.outcome))
            ++row.as_asked;
        else
            row.jobs += count_jobs(instance.workers);
    }
    return sorted_values(std::move(rows),
                         [](const auto& row) { return descending(row.not_as_asked()); });
}

std::vector<Group> by_outcome(const drain::Report& report) {
    std::vector<drain::InstanceResult> not_as_asked;
    std::ranges::copy_if(report.instances, std::back_inserter(not_as_asked),
                         [](const auto& instance) {
                             return !is_success(instance.outcome) || is_gone(instance.outcome);
                         });
    auto reasons = by_reason(not_as_asked);
    std::ranges::stable_sort(reasons, {},
                             [](const Group& group) { return descending(group.instances.size()); });
    std::map<Outcome, std::size_t> shared;
    std::map<Outcome, Group> others;
    std::vector<Group> groups;
    for (auto& group : reasons) {
        const bool is_shared = !group.reason.empty() && group.instances.size() > 1;
        if (is_shared && ++shared[group.outcome] <= most_reasons) {
            groups.push_back(std::move(group));
            continue;
        }
        Group& rest = others[group.outcome];
        rest.outcome = group.outcome;
        std::ranges::move(group.instances, std::back_inserter(rest.instances));
    }
    for (auto& [outcome, group] : others)
        groups.push_back(std::move(group));
    std::ranges::stable_sort(groups, {}, [](const Group& group) {
        const bool may_work = group.outcome == Outcome::pending || group.outcome == Outcome::busy;
        return std::tuple(is_gone(group.outcome), !may_work, descending(group.instances.size()));
    });
    return groups;
}

std::vector<EnvironmentPart> parts_of(const Group& group) {
    std::map<std::string, EnvironmentPart> parts;
    for (const auto& instance : group.instances) {
        EnvironmentPart& part = parts[instance.environment];
        part.name = instance.environment;
        if (++part.instances == 1) part.example = instance.id.text;
    }
    return sorted_values(std::move(parts),
                         [](const auto& part) { return descending(part.instances); });
}

} // namespace snow_white::report
