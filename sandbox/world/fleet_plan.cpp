#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <regex>
#include <stdexcept>

namespace sandbox {

namespace {

constexpr std::size_t most_instances = 20'000;

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    throw std::invalid_argument(
        fmt::format("--environment {}: {}; wanted NAME=COUNT or NAME=COUNT:LAYOUT, "
                    "e.g. acme-workers=3:pair, with REGION/ before it "
                    "for another region than {}, e.g. eu-west-1/acme-workers=3, and "
                    "@TIER behind it: WebServer, Worker or Cluster",
                    text, why, home_region));
}

std::size_t parse_count(const std::string& text, const std::string& digits) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
        count > most_instances)
        refuse(text, fmt::format("COUNT '{}' is no number from 0 to {}", digits, most_instances));
    return count;
}

Tier parse_tier(const std::string& text, const std::string& word) {
    if (word == "WebServer") return Tier::web_server;
    if (word == "Worker") return Tier::worker;
    if (word == "Cluster") return Tier::cluster;
    refuse(text, fmt::format("there is no tier '{}'", word));
}

Environment& environment_wished(RegionState& state, const std::string& application,
                                const EnvironmentSpec& wish, Instant now) {
    const std::string& name = wish.name;
    const auto found = std::find_if(state.environments.begin(), state.environments.end(),
                                    [&](const Environment& e) { return e.name == name; });
    if (found != state.environments.end()) return *found;
    Environment environment;
    environment.id =
        "e-" + sha256_hex(fmt::format("{} environment {}", state.region, name)).substr(0, 10);
    environment.name = name;
    environment.application = application;
    environment.created = now;
    environment.tier = wish.tier;
    state.environments.push_back(environment);
    return state.environments.back();
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

EnvironmentSpec parse_environment_wish(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) refuse(text, "there is no '='");
    EnvironmentSpec wish;
    const std::size_t slash = text.find('/');
    const std::size_t begin = slash < equals ? slash + 1 : 0;
    if (begin > 0) wish.region = text.substr(0, slash);
    if (!is_region(wish.region)) refuse(text, fmt::format("there is no region '{}'", wish.region));
    wish.name = text.substr(begin, equals - begin);
    static const std::regex allowed("[A-Za-z0-9](?:[A-Za-z0-9-]{2,38})[A-Za-z0-9]");
    if (!std::regex_match(wish.name, allowed))
        refuse(
            text,
            fmt::format(
                "NAME '{}' must be 4 to 40 letters, digits and inner hyphens, as Elastic Beanstalk "
                "has it",
                wish.name));
    std::string rest = text.substr(equals + 1);
    if (const std::size_t at = rest.find('@'); at != std::string::npos) {
        wish.tier = parse_tier(text, rest.substr(at + 1));
        rest.resize(at);
    }
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    wish.count = parse_count(text, rest.substr(0, colon));
    if (wish.tier == Tier::cluster && wish.count > 0)
        refuse(text, "an environment of tier Cluster has no instances");
    if (colon == rest.size()) return wish;
    try {
        wish.layout = layout_named(rest.substr(colon + 1));
    } catch (const std::runtime_error& fault) {
        refuse(text, fault.what());
    }
    return wish;
}

Instance make_instance(const RegionState& state, const Environment& environment, Instant now) {
    const std::size_t number = state.instances.size();
    Instance instance;
    instance.id =
        "i-0" + sha256_hex(fmt::format("{} instance {}", state.region, number)).substr(0, 16);
    instance.environment_id = environment.id;
    instance.availability_zone = state.region + (number % 2 == 0 ? "a" : "b");
    instance.private_ip =
        fmt::format("10.{}.{}.{}", number / 62'500, number / 250 % 250, number % 250 + 4);
    instance.name = environment.name;
    instance.launched = now;
    return instance;
}

FleetPlan plan_fleet(const std::string& application, const std::vector<EnvironmentSpec>& wishes,
                     Instant now) {
    FleetPlan plan;
    for (const EnvironmentSpec& wish : wishes) {
        RegionPlan& place = plan_of(plan, wish.region);
        const Environment& environment = environment_wished(place.state, application, wish, now);
        for (std::size_t i = 0; i < wish.count; ++i) {
            place.state.instances.push_back(make_instance(place.state, environment, now));
            place.layouts.push_back(wish.layout);
        }
    }
    return plan;
}

} // namespace sandbox
