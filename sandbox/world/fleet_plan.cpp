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
    throw std::invalid_argument(fmt::format(
        "--environment {}: {}; wanted NAME=COUNT or NAME=COUNT:LAYOUT, e.g. acme-workers=3:pair", text, why));
}

std::size_t parse_count(const std::string& text, const std::string& digits) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
        count > most_instances)
        refuse(text, fmt::format("COUNT '{}' is no number from 0 to {}", digits, most_instances));
    return count;
}

Environment& environment_named(World& world, const std::string& application, const std::string& name,
                               Instant now) {
    const auto found = std::find_if(world.environments.begin(), world.environments.end(),
                                    [&](const Environment& e) { return e.name == name; });
    if (found != world.environments.end()) return *found;
    Environment environment;
    environment.id = "e-" + sha256_hex("environment " + name).substr(0, 10);
    environment.name = name;
    environment.application = application;
    environment.created = now;
    world.environments.push_back(environment);
    return world.environments.back();
}

} // namespace

EnvironmentWish parse_environment_wish(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) refuse(text, "there is no '='");
    EnvironmentWish wish;
    wish.name = text.substr(0, equals);
    static const std::regex allowed("[A-Za-z0-9](?:[A-Za-z0-9-]{2,38})[A-Za-z0-9]");
    if (!std::regex_match(wish.name, allowed))
        refuse(text, fmt::format(
                         "NAME '{}' must be 4 to 40 letters, digits and inner hyphens, as Elastic Beanstalk "
                         "has it",
                         wish.name));
    const std::string rest = text.substr(equals + 1);
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    wish.count = parse_count(text, rest.substr(0, colon));
    if (colon == rest.size()) return wish;
    try {
        wish.layout = layout_named(rest.substr(colon + 1));
    } catch (const std::runtime_error& fault) {
        refuse(text, fault.what());
    }
    return wish;
}

Instance make_instance(const Environment& environment, std::size_t number, Instant now) {
    Instance instance;
    instance.id = "i-0" + sha256_hex(fmt::format("instance {}", number)).substr(0, 16);
    instance.environment_id = environment.id;
    instance.availability_zone = number % 2 == 0 ? "us-east-1a" : "us-east-1b";
    instance.private_ip = fmt::format("10.{}.{}.{}", number / 62'500, number / 250 % 250, number % 250 + 4);
    instance.name = environment.name;
    instance.launched = now;
    return instance;
}

FleetPlan plan_fleet(const std::string& application, const std::vector<EnvironmentWish>& wishes,
                     Instant now) {
    FleetPlan plan;
    for (const EnvironmentWish& wish : wishes) {
        const Environment& environment = environment_named(plan.world, application, wish.name, now);
        for (std::size_t i = 0; i < wish.count; ++i) {
            plan.world.instances.push_back(make_instance(environment, plan.world.instances.size(), now));
            plan.layouts.push_back(wish.layout);
        }
    }
    return plan;
}

} // namespace sandbox
