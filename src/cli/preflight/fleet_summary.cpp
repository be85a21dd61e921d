#include "src/cli/preflight/fleet_summary.hpp"

#include "src/base/chunk.hpp"
#include "src/base/text.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <set>

namespace snow_white::cli {

namespace {

using fleet::Agent;
using fleet::Instance;

constexpr std::size_t most_names = 10; // of environments in a message

std::string count_text(const std::vector<Instance>& all, const std::string& environment) {
    std::vector<Instance> instances;
    std::ranges::copy_if(all, std::back_inserter(instances),
                         [&](const Instance& one) { return one.environment == environment; });
    const auto having = [&instances](Agent agent) {
        return std::ranges::count_if(instances, [agent](const Instance& one) {
            return !is_down(one.ec2_state) && one.agent == agent;
        });
    };
    const auto down = std::ranges::count_if(
        instances, [](const Instance& one) { return is_down(one.ec2_state); });
    std::string text =
        fmt::format("{} instance{}; agents: {} online, {} lost, {} absent", instances.size(),
                    instances.size() == 1 ? "" : "s", having(Agent::online), having(Agent::lost),
                    having(Agent::absent));
    if (having(Agent::unknown) > 0) text += fmt::format(", {} not known", having(Agent::unknown));
    if (down > 0) text += fmt::format("; {} stopped in EC2 or leaving", down);
    return text;
}

std::string warning_of(const fleet::Environment& environment) {
    const bool deploys =
        environment.status == "Updating" || environment.status == "AbortableOperationInProgress";
    return fmt::format(
        "{} is {}{}: its instances may change under the command; wait until it is Ready",
        environment.name, environment.status, deploys ? ", a deploy is in progress" : "");
}

std::string warning_of(const Instance& instance) {
    return fmt::format("{} of {} has no SSM agent online ({}), it would get no command; check its "
                       "role (AmazonSSMManagedInstanceCore), its agent and its network",
                       instance.id.text, instance.environment,
                       instance.agent == Agent::lost ? "lost" : "absent");
}

// The parts of the names that are as long as the pattern: "acme-workers" and "workers-green" of
// "acme-workers-green" for a pattern with one hyphen.
std::vector<std::string> parts_of(const std::vector<std::string>& names, std::size_t length) {
    std::vector<std::string> parts;
    for (const auto& name : names) {
        const auto words = split(name, '-');
        for (std::size_t at = 0; at + length <= words.size(); ++at)
            parts.push_back(
                fmt::format("{}", fmt::join(words.begin() + static_cast<long>(at),
                                            words.begin() + static_cast<long>(at + length), "-")));
    }
    return parts;
}

std::string nearest_hint(const fleet::NameFilter& pattern, const std::vector<std::string>& names) {
    const std::string none = "check -e";
    for (const auto& one : pattern.include) {
        const auto parts = pattern.match == fleet::Match::contains
                               ? parts_of(names, split(one, '-').size())
                               : names;
        if (const auto hint = suggestion(one, parts, none); hint != none) return hint;
    }
    return none;
}

// Why a pattern of these environments' application matches none of them.
std::string hint_for(const fleet::NameFilter& pattern, const std::vector<std::string>& names) {
    fleet::NameFilter other = pattern;
    other.exclude.clear();
    const auto matches = [&other](const std::string& name) { return other.matches(name); };
    if (std::ranges::any_of(names, matches)) return "--exclude leaves all of them out";
    const bool is_glob = pattern.match == fleet::Match::glob;
    const auto has_wildcard = [](const std::string& one) {
        return one.find_first_of("*?[") != std::string::npos;
    };
    if (!is_glob && std::ranges::any_of(pattern.include, has_wildcard))
        return "for * and ? add --match glob";
    other.match = fleet::Match::contains;
    if (pattern.match != other.match && std::ranges::any_of(names, matches))
        return fmt::format("--match {} compares the whole name", report::name_of(pattern.match));
    for (auto& one : other.include)
        one = lower_case(one);
    for (const auto& name : names)
        if (other.matches(lower_case(name)))
            return fmt::format("the case counts: did you mean {}?", name);
    return nearest_hint(pattern, names);
}

std::string listed(const std::vector<std::string>& names) {
    const std::string some = fmt::format("{}", fmt::join(first_of(names, most_names), ", "));
    return names.size() > most_names
               ? fmt::format("{} and {} more", some, names.size() - most_names)
               : some;
}

// The application is misspelt, or is in another region. Who may not list the others' environments
// learns no more than that.
std::string why_no_environment(RegionSession& region) {
    const Request& request = region.request;
    std::set<std::string> others;
    for (const auto& one :
         aws::describe_all_environments(region.workers).value_or(std::vector<aws::EbEnvironment>{}))
        if (!is_terminated(one) && !one.application.empty()) others.insert(one.application);
    const std::vector<std::string> names(others.begin(), others.end());
    const std::string fix = suggestion(request.application, names, "check -p and -r");
    if (names.empty())
        return fmt::format("application \"{}\" has no environment in {}; {}", request.application,
                           request.region(), fix);
    return fmt::format("application \"{}\" has no environment in {} (applications there: {}); {}",
                       request.application, request.region(), listed(names), fix);
}

} // namespace

FleetSummary fleet_summary_of(const fleet::FleetSnapshot& fleet) {
    FleetSummary summary;
    for (const auto& environment : fleet.environments) {
        if (runs_pods(environment)) {
            summary.facts.push_back(
                fmt::format("{} ({}): runs pods on EKS", environment.name, environment.status));
            continue;
        }
        summary.facts.push_back(fmt::format("{} ({}): {}", environment.name, environment.status,
                                            fleet.instances
                                                ? count_text(*fleet.instances, environment.name)
                                                : "instances not known"));
        if (environment.status != "Ready") summary.warnings.push_back(warning_of(environment));
    }
    for (const auto& instance : fleet.instances.value_or(std::vector<Instance>{}))
        if (lacks_agent(instance)) summary.warnings.push_back(warning_of(instance));
    for (const auto& what : fleet.unavailable)
        summary.warnings.push_back("not seen: " + what);
    return summary;
}

std::string why_nothing_matched(const std::vector<aws::EbEnvironment>& environments,
                                RegionSession& region) {
    const Request& request = region.request;
    std::vector<std::string> names;
    for (const auto& environment : environments)
        if (!is_terminated(environment)) names.push_back(environment.name);
    if (names.empty()) return why_no_environment(region);
    return fmt::format("{} has no environment {} (there: {}); {}", request.application,
                       report::in_words(request.pattern), listed(names),
                       hint_for(request.pattern, names));
}

aws::Result<std::string> why_nothing_matched(RegionSession& region) {
    const auto all = aws::describe_environments(region.workers, region.request.application);
    if (!all) return tl::unexpected(all.error());
    return why_nothing_matched(*all, region);
}

} // namespace snow_white::cli
