// The fleet at the beginning, and each instance that is launched.
#include "tests/simulation/faults_of_chance.hpp"
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;

namespace {

std::int64_t size_of_fleet(Chance& chance) {
    if (chance.one_in(1000)) return chance.between(200, 2000);
    if (chance.one_in(50)) return chance.between(20, 200);
    return chance.between(1, 12);
}

Duration longest_job(Chance& chance) {
    if (chance.one_in(200)) return chance.among(std::vector<Duration>{10h, 55h});
    if (chance.one_in(20)) return 2h;
    return chance.among(std::vector<Duration>{5s, 60s, 10min});
}

} // namespace

// The fleet at the beginning, in good order or with somebody who is not.
void History::populate() {
    std::vector<sandbox::EnvironmentWish> wishes;
    for (std::int64_t i = 0; i < chance_.between(1, 3); ++i)
        wishes.push_back({environment_names[static_cast<std::size_t>(i)], 0});
    if (in_two_regions() && wishes.size() == 1)
        wishes.push_back({environment_names[1], 0}); // else there is one
    wishes.push_back({"acme-web", 0});
    for (auto& wish : wishes)
        wish.region = region_of(wish.name);
    auto plan = sandbox::plan_fleet("acme", wishes, clock_.now() - 24h);
    box_ = std::make_unique<sandbox::Sandbox>(
        std::move(plan), clock_, sandbox::SandboxOptions{.template_text = template_text()});
    const auto size = size_of_fleet(chance_);
    for (std::int64_t i = 0; i < size; ++i)
        launch(wishes[static_cast<std::size_t>(
                          chance_.between(0, static_cast<std::int64_t>(wishes.size()) - 2))]
                   .name,
               clock_.now(), true);
    launch("acme-web", clock_.now(), true);
    if (action == "wake" || chance_.one_in(10)) // they were quieted before
        for (auto& life : lives)
            if (chance_.one_in(action == "wake" ? 1 : 2))
                life.model->put_to_sleep(clock_.now() - 12h);
}

Character History::draw_character() {
    Character character{.workers = static_cast<int>(chance_.between(1, 3)),
                        .longest_job = longest_job(chance_)};
    if (!calm_) {
        character.never_ends = chance_.one_in(200);
        character.script_fails = chance_.one_in(60);
        if (chance_.one_in(60)) character.workers = 0;
        character.mute = chance_.one_in(150);
        character.old_script = seed % 5 == 0;
    }
    return character;
}

// Each script that starts on an instance, but for status.
SimulatedInstance::OnStart History::hears_scripts_of(const std::string& id,
                                                     const std::shared_ptr<InstanceModel>& model) {
    return [this, id, model](const std::string& script, const std::string& command, Instant when) {
        if (script == "status") return;
        note(when, fmt::format("{}: the script starts: {} (command {})", id, script, command));
        const auto last = std::find_if(started.rbegin(), started.rend(),
                                       [&id](const Started& one) { return one.instance == id; });
        const bool same = last != started.rend() && last->action == script;
        started.push_back({when, id, script, command, same && model->acts(script)});
    };
}

std::string History::launch(std::string environment, Instant now, bool settled) {
    const Instant launched = settled ? now - 12h : now;
    const Character character = draw_character();
    bool unfit =
        character.never_ends || character.script_fails || character.mute || character.workers == 0;
    sandbox::Instance instance;
    instance.id = fmt::format("i-{:017x}", ++launched_);
    instance.name = environment;
    instance.availability_zone = region_of(environment) + "a";
    instance.private_ip = "10.0.0.1";
    instance.launched = launched;
    instance.state = settled ? InstanceState::running : InstanceState::pending;
    instance.agent = settled ? AgentState::online : AgentState::absent;
    if (settled && !calm_ && chance_.one_in(60)) {
        instance.agent = AgentState::absent;
        unfit = true;
    }
    // By the seed and the count, so that the draws of others stay: IAM lets nobody command it.
    instance.denied = !calm_ && seed % 16 == 7 && launched_ == 2;
    if (instance.denied) denied.insert(instance.id);
    unfit = unfit || instance.denied;
    if (unfit && !disturbed) disturbed = now;
    const bool reachable = instance.agent == AgentState::online && !instance.denied;
    auto model =
        std::make_shared<InstanceModel>(character, chance_.seed(), launched + (settled ? 0s : 40s));
    const Instant listed = settled ? launched : launched + young_;
    const Instant tagged = settled ? launched : launched + tag_lag_;
    lives.push_back({instance.id,
                     environment,
                     launched,
                     std::nullopt,
                     model,
                     {{launched, reachable}},
                     listed,
                     tagged});
    instance.host =
        std::make_unique<SimulatedInstance>(model, hears_scripts_of(instance.id, model));
    const std::string id = instance.id;
    box_->change_world(region_of(environment), [&](sandbox::World& world) {
        for (const auto& one : world.environments)
            if (one.name == environment) instance.environment_id = one.id;
        world.instances.push_back(std::move(instance));
    });
    if (settled) return id;
    const Duration registers = chance_.between(45s, 200s);
    at(now + 30s, [this, id](Instant) { // unless EC2 has stopped it meanwhile
        change(id, [](auto& one) {
            if (one.state == InstanceState::pending) one.state = InstanceState::running;
        });
    });
    at(now + registers, [this, id](Instant then) {
        bool registered = false;
        change(id, [&registered](auto& one) {
            registered = one.state == InstanceState::running;
            if (registered) one.agent = AgentState::online;
        });
        if (registered) set_reach(id, then, true);
    });
    return id;
}

} // namespace simulation
