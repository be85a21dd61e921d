// What happens to whole environments: a deploy, one that appears, one that is replaced.
#include "tests/simulation/history.hpp"

#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;

void History::deploy(const std::string& environment, Instant now) {
    happens(now, environment + " is deployed to");
    set_status(environment, "Updating");
    // By the seed itself, so that the rest of the history stays.
    const Duration gap = 5s + std::chrono::seconds{5 * static_cast<int>(seed % 8)};
    Instant when = now;
    for (const auto& life : lives)
        if (life.environment == environment && !life.ended)
            at(when += 20s,
               [model = life.model, gap](Instant then) { model->redeploy(then, then + gap); });
    at(when + 60s, [this, environment](Instant then) {
        happens(then, environment + " is ready");
        set_status(environment, "Ready");
    });
}

std::vector<std::string> History::environments_there() {
    std::vector<std::string> names;
    std::set<std::string> regions;
    for (const auto& life : lives)
        regions.insert(region_of(life.environment));
    for (const auto& region : regions)
        box_->change_world(region, [&names](sandbox::World& world) {
            for (const auto& one : world.environments)
                if (one.status != "Terminated" && one.name != "acme-web") names.push_back(one.name);
        });
    if (names.empty()) names.emplace_back("acme-web");
    return names;
}

std::string History::create_environment(Instant now) {
    const std::string name = fmt::format("acme-workers-{}", 10 + lives.size());
    box_->change_world(region_of(name), [&](sandbox::World& world) {
        sandbox::Environment made{
            .id = fmt::format("e-{:010}", lives.size()), .name = name, .application = "acme"};
        made.status = "Launching";
        made.created = now;
        world.environments.push_back(made);
    });
    appeared[name] = now;
    happens(now, fmt::format("{} is created, with {}", name, launch(name, now, false)));
    at(now + chance_.between(2min, 6min), [this, name](Instant then) {
        happens(then, name + " is ready");
        set_status(name, "Ready");
    });
    return name;
}

void History::end_environment(const std::string& environment, Instant now) {
    happens(now, environment + " is terminated");
    for (std::size_t i = 0; i < lives.size(); ++i)
        if (lives[i].environment == environment) terminate(i, now);
    set_status(environment, "Terminated");
}

// Green appears and is ready, then blue goes.
void History::replace_environment(Instant now) {
    const std::string green = create_environment(now);
    for (auto more = chance_.between(0, 3); more > 0; --more)
        happens(now, launch(green, now, false) + ": launched in " + green);
    if (!chance_.one_in(2)) return;
    at(now + chance_.between(6min, 20min), [this, green](Instant then) {
        for (const auto& name : environments_there())
            if (name != green) return end_environment(name, then);
    });
}

bool History::environments_are_ready() {
    bool ready = true;
    for (const auto& region : regions())
        box_->change_world(region, [&ready](sandbox::World& world) {
            for (const auto& one : world.environments)
                if (one.name != "acme-web" && one.status != "Terminated")
                    ready = ready && one.status == "Ready";
        });
    return ready;
}

} // namespace simulation
