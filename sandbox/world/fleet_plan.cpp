#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <regex>
#include <stdexcept>

namespace sandbox {

namespace {

constexpr std::size_t most_instances = 20'000;

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    fail<std::invalid_argument>(
        "--environment {}: {}; wanted NAME=COUNT or NAME=COUNT:LAYOUT, e.g. acme-workers=3:pair, "
        "with REGION/ before it for another region than {}, e.g. eu-west-1/acme-workers=3, and "
        "@TIER behind it: WebServer, Worker or Cluster",
        text, why, home_region);
}

std::size_t parse_count(const std::string& text, const std::string& digits) {
    const auto count = parse_number<std::size_t>(digits);
    if (!count || *count > most_instances)
        refuse(text, fmt::format("COUNT '{}' is no number from 0 to {}", digits, most_instances));
    return *count;
}

Tier parse_tier(const std::string& text, const std::string& word) {
    if (word == "WebServer") return Tier::web_server;
    if (word == "Worker") return Tier::worker;
    if (word == "Cluster") return Tier::cluster;
    refuse(text, fmt::format("there is no tier '{}'", word));
}

// The environment of that name; it is added when there is none yet.
Environment& environment_of(RegionState& state, const std::string& application,
                            const EnvironmentSpec& spec, Instant now) {
    const std::string& name = spec.name;
    if (Environment* const found = find_by(state.environments, &Environment::name, name))
        return *found;
    const std::string digest = sha256_hex(fmt::format("{} environment {}", state.region, name));
    return state.environments.emplace_back(Environment{.id = "e-" + digest.substr(0, 10),
                                                       .name = name,
                                                       .application = application,
                                                       .created = now,
                                                       .tier = spec.tier});
}

RegionPlan& plan_of(FleetPlan& plan, const std::string& region) {
    for (RegionPlan* const one : plan.regions())
        if (one->state.region == region) return *one;
    RegionPlan& added = plan.elsewhere.emplace_back();
    added.state.region = region;
    return added;
}

} // namespace

std::vector<RegionPlan*> FleetPlan::regions() {
    std::vector<RegionPlan*> all{this};
    for (RegionPlan& one : elsewhere)
        all.push_back(&one);
    return all;
}

EnvironmentSpec parse_environment_spec(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) refuse(text, "there is no '='");
    EnvironmentSpec spec;
    const std::size_t slash = text.find('/');
    const std::size_t begin = slash < equals ? slash + 1 : 0;
    if (begin > 0) spec.region = text.substr(0, slash);
    if (!is_region(spec.region)) refuse(text, fmt::format("there is no region '{}'", spec.region));
    spec.name = text.substr(begin, equals - begin);
    static const std::regex allowed("[A-Za-z0-9](?:[A-Za-z0-9-]{2,38})[A-Za-z0-9]");
    if (!std::regex_match(spec.name, allowed))
        refuse(
            text,
            fmt::format(
                "NAME '{}' must be 4 to 40 letters, digits and inner hyphens, as Elastic Beanstalk "
                "has it",
                spec.name));
    const std::string rest = text.substr(equals + 1);
    const auto [without_tier, tier] = split_at(rest, '@');
    if (without_tier != rest) spec.tier = parse_tier(text, tier);
    const auto [count, layout] = split_at(without_tier, ':');
    spec.count = parse_count(text, count);
    if (spec.tier == Tier::cluster && spec.count > 0)
        refuse(text, "an environment of tier Cluster has no instances");
    if (count == without_tier) return spec;
    try {
        spec.layout = layout_named(layout);
    } catch (const std::runtime_error& fault) {
        refuse(text, fault.what());
    }
    return spec;
}

Instance make_instance(const RegionState& state, const Environment& environment, Instant now) {
    const std::size_t number = state.instances.size();
    const std::string digest = sha256_hex(fmt::format("{} instance {}", state.region, number));
    return {.id = "i-0" + digest.substr(0, 16),
            .environment_id = environment.id,
            .availability_zone = state.region + (number % 2 == 0 ? "a" : "b"),
            .private_ip =
                fmt::format("10.{}.{}.{}", number / 62'500, number / 250 % 250, number % 250 + 4),
            .name = environment.name,
            .launched = now};
}

FleetPlan plan_fleet(const std::string& application, const std::vector<EnvironmentSpec>& specs,
                     Instant now) {
    FleetPlan plan;
    for (const EnvironmentSpec& spec : specs) {
        RegionPlan& region_plan = plan_of(plan, spec.region);
        const Environment& environment = environment_of(region_plan.state, application, spec, now);
        for (std::size_t i = 0; i < spec.count; ++i) {
            region_plan.state.instances.push_back(
                make_instance(region_plan.state, environment, now));
            region_plan.layouts.push_back(spec.layout);
        }
    }
    return plan;
}

} // namespace sandbox
