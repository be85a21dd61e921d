#include "src/report/text/report_groups.hpp"

#include "src/report/text/summary.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace snow_white::report {

namespace {

using drain::InstanceResult;
using drain::Outcome;

void count(const InstanceResult& instance, EnvironmentRow& row) {
    ++row.instances;
    if (is_gone(instance.outcome))
        ++row.gone;
    else if (is_success(instance.outcome))
        ++row.as_asked;
    else
        row.jobs += count_jobs(instance.workers);
}

} // namespace

std::vector<EnvironmentRow> by_environment(const drain::Report& report) {
    std::map<std::string, EnvironmentRow> rows;
    for (const auto& name : report.environments)
        if (std::ranges::find(report.on_pods, name) == report.on_pods.end()) rows[name].name = name;
    for (const auto& instance : report.instances) {
        EnvironmentRow& row = rows[instance.environment];
        row.name = instance.environment;
        count(instance, row);
    }
    std::vector<EnvironmentRow> sorted;
    for (auto& [name, row] : rows)
        sorted.push_back(std::move(row));
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &EnvironmentRow::not_as_asked);
    return sorted;
}

std::vector<Group> by_outcome(const drain::Report& report) {
    std::map<Outcome, Group> groups;
    for (const auto& instance : report.instances) {
        if (is_success(instance.outcome) && !is_gone(instance.outcome)) continue;
        Group& group = groups[instance.outcome];
        group.outcome = instance.outcome;
        group.instances.push_back(instance);
    }
    std::vector<Group> sorted;
    for (auto& [outcome, group] : groups)
        sorted.push_back(std::move(group));
    std::ranges::stable_sort(sorted, {}, [](const Group& group) {
        const bool may_work = group.outcome == Outcome::pending || group.outcome == Outcome::busy;
        return std::tuple(is_gone(group.outcome), !may_work,
                          -static_cast<long>(group.instances.size()));
    });
    return sorted;
}

std::vector<EnvironmentPart> parts_of(const Group& group) {
    std::map<std::string, EnvironmentPart> parts;
    for (const auto& instance : group.instances) {
        EnvironmentPart& part = parts[instance.environment];
        part.name = instance.environment;
        if (++part.instances == 1) part.example = instance.id.text;
    }
    std::vector<EnvironmentPart> sorted;
    for (auto& [name, part] : parts)
        sorted.push_back(std::move(part));
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &EnvironmentPart::instances);
    return sorted;
}

} // namespace snow_white::report
