// Scenario events of whole environments: a deploy, a new environment, a blue/green replacement.
#include "src/base/contains.hpp"
#include "tests/simulation/history.hpp"

#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;

void History::deploy(const std::string& environment, Instant now) {
    record_change(now, environment + " is deployed to");
    set_status(environment, "Updating");
    // Depends on the seed alone: a further random draw would change the rest of the history.
    const Duration gap = 5s + std::chrono::seconds{5 * static_cast<int>(seed % 8)};
    Instant when = now;
    for (const auto& lifetime : lifetimes)
        if (lifetime.environment == environment && !lifetime.ended)
            at(when += 20s,
               [model = lifetime.model, gap](Instant then) { model->redeploy(then, then + gap); });
    at(when + 60s, [this, environment](Instant then) {
        record_change(then, environment + " is ready");
        set_status(environment, "Ready");
    });
}

std::vector<std::string> History::environments_there() {
    std::vector<std::string> names;
    std::set<std::string> regions;
    for (const auto& lifetime : lifetimes)
        regions.insert(region_of(lifetime.environment));
    for (const auto& region : regions)
        sandbox_->change_region_state(region, [&names](sandbox::RegionState& state) {
            for (const auto& one : state.environments)
                if (one.status != "Terminated" && one.name != "acme-web") names.push_back(one.name);
        });
    if (names.empty()) names.emplace_back("acme-web");
    return names;
}

std::string History::create_environment(Instant now) {
    const std::string name = fmt::format("acme-workers-{}", 10 + lifetimes.size());
    sandbox_->change_region_state(region_of(name), [&](sandbox::RegionState& state) {
        sandbox::Environment made{
            .id = fmt::format("e-{:010}", lifetimes.size()), .name = name, .application = "acme"};
        made.status = "Launching";
        made.created = now;
        state.environments.push_back(made);
    });
    appeared[name] = now;
    record_change(now, fmt::format("{} is created, with {}", name, launch(name, now, false)));
    at(now + random_.between(2min, 6min), [this, name](Instant then) {
        if (!snow_white::contains(environments_there(), name))
            return; // it has been terminated meanwhile
        record_change(then, name + " is ready");
        set_status(name, "Ready");
    });
    return name;
}

void History::end_environment(const std::string& environment, Instant now) {
    record_change(now, environment + " is terminated");
    for (std::size_t i = 0; i < lifetimes.size(); ++i)
        if (lifetimes[i].environment == environment) terminate(i, now);
    set_status(environment, "Terminated");
}

// Green is created and becomes ready, then blue is terminated.
void History::replace_environment(Instant now) {
    const std::string green = create_environment(now);
    for (auto more = random_.between(0, 3); more > 0; --more)
        record_change(now, launch(green, now, false) + ": launched in " + green);
    if (!random_.one_in(2)) return;
    at(now + random_.between(6min, 20min), [this, green](Instant then) {
        for (const auto& name : environments_there())
            if (name != green) return end_environment(name, then);
    });
}

bool History::environments_are_ready() {
    bool ready = true;
    for (const auto& region : regions())
        sandbox_->change_region_state(region, [&ready](sandbox::RegionState& state) {
            for (const auto& one : state.environments)
                if (one.name != "acme-web" && one.status != "Terminated")
                    ready = ready && one.status == "Ready";
        });
    return ready;
}

} // namespace simulation
