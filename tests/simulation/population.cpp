// The fleet at the beginning, and each instance that is launched.
#include "tests/simulation/history.hpp"
#include "tests/simulation/random_faults.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;

namespace {

std::int64_t size_of_fleet(Random& random) {
    if (random.one_in(1000)) return random.between(200, 2000);
    if (random.one_in(50)) return random.between(20, 200);
    return random.between(1, 12);
}

Duration longest_job(Random& random) {
    if (random.one_in(200)) return random.pick(std::vector<Duration>{10h, 55h});
    if (random.one_in(20)) return 2h;
    return random.pick(std::vector<Duration>{5s, 60s, 10min});
}

} // namespace

// The fleet at the beginning; in some histories it has an instance that is not in order.
void History::populate() {
    std::vector<sandbox::EnvironmentSpec> specs;
    for (std::int64_t i = 0; i < random_.between(1, 3); ++i)
        specs.push_back({environment_names[static_cast<std::size_t>(i)], 0});
    if (in_two_regions() && specs.size() == 1)
        specs.push_back({environment_names[1], 0}); // otherwise it has one instance
    specs.push_back({"acme-web", 0});
    for (auto& spec : specs)
        spec.region = region_of(spec.name);
    auto plan = sandbox::plan_fleet("acme", specs, clock_.now() - 24h);
    sandbox_ = std::make_unique<sandbox::Sandbox>(
        std::move(plan), clock_, sandbox::SandboxOptions{.template_text = template_text()});
    const auto size = size_of_fleet(random_);
    for (std::int64_t i = 0; i < size; ++i)
        launch(specs[static_cast<std::size_t>(
                         random_.between(0, static_cast<std::int64_t>(specs.size()) - 2))]
                   .name,
               clock_.now(), true);
    launch("acme-web", clock_.now(), true);
    if (action == "wake" || random_.one_in(10)) // the workers were quieted before
        for (auto& lifetime : lifetimes)
            if (random_.one_in(action == "wake" ? 1 : 2))
                lifetime.model->make_quiet(clock_.now() - 12h);
}

InstanceTraits History::draw_traits() {
    InstanceTraits traits{.workers = static_cast<int>(random_.between(1, 3)),
                          .longest_job = longest_job(random_)};
    if (!calm_) {
        traits.never_ends = random_.one_in(200);
        traits.script_fails = random_.one_in(60);
        if (random_.one_in(60)) traits.workers = 0;
        traits.line_lost = random_.one_in(150);
        traits.old_script = seed % 5 == 0;
    }
    return traits;
}

// Records each script that starts on an instance, apart from status.
SimulatedInstance::OnStart History::script_recorder(const std::string& id,
                                                    const std::shared_ptr<InstanceModel>& model) {
    return [this, id, model](const std::string& script, const std::string& command, Instant when) {
        if (script == "status") return;
        note(when, fmt::format("{}: the script starts: {} (command {})", id, script, command));
        const auto last =
            std::find_if(started.rbegin(), started.rend(),
                         [&id](const StartedScript& one) { return one.instance == id; });
        const bool same = last != started.rend() && last->action == script;
        started.push_back({when, id, script, command, same && model->runs_action(script)});
    };
}

std::string History::launch(std::string environment, Instant now, bool settled) {
    const Instant launched = settled ? now - 12h : now;
    const InstanceTraits traits = draw_traits();
    bool unhealthy =
        traits.never_ends || traits.script_fails || traits.line_lost || traits.workers == 0;
    sandbox::Instance instance;
    instance.id = fmt::format("i-{:017x}", ++launched_);
    instance.name = environment;
    instance.availability_zone = region_of(environment) + "a";
    instance.private_ip = "10.0.0.1";
    instance.launched = launched;
    instance.state = settled ? InstanceState::running : InstanceState::pending;
    instance.agent = settled ? AgentState::online : AgentState::absent;
    if (settled && !calm_ && random_.one_in(60)) {
        instance.agent = AgentState::absent;
        unhealthy = true;
    }
    // Depends on the seed and the count alone, so that the other random draws stay: IAM denies
    // commands to it.
    const auto in_order_of_launch = static_cast<int>(2 + seed / 1024 % 6);
    instance.denied = !calm_ && seed / 64 % 16 == 7 && launched_ == in_order_of_launch;
    if (instance.denied) denied.insert(instance.id);
    unhealthy = unhealthy || instance.denied;
    if (unhealthy && !disturbed) disturbed = now;
    const bool reachable = instance.agent == AgentState::online && !instance.denied;
    auto model =
        std::make_shared<InstanceModel>(traits, random_.seed(), launched + (settled ? 0s : 40s));
    const Instant listed = settled ? launched : launched + list_lag_;
    const Instant tagged = settled ? launched : launched + tag_lag_;
    lifetimes.push_back({instance.id,
                         environment,
                         launched,
                         std::nullopt,
                         model,
                         {{launched, reachable}},
                         listed,
                         tagged});
    instance.host = std::make_unique<SimulatedInstance>(model, script_recorder(instance.id, model));
    const std::string id = instance.id;
    sandbox_->change_region_state(region_of(environment), [&](sandbox::RegionState& state) {
        for (const auto& one : state.environments)
            if (one.name == environment) instance.environment_id = one.id;
        state.instances.push_back(std::move(instance));
    });
    if (settled) return id;
    const Duration registers = random_.between(45s, 200s);
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
        if (registered) set_reachable(id, then, true);
    });
    return id;
}

} // namespace simulation
