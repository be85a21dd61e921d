#include "tests/simulation/history.hpp"

#include "sandbox/faults/fault.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "tests/simulation/faults_of_chance.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;

namespace {

const std::vector<std::string> environment_names{"acme-workers", "acme-workers-2", "acme-mail-workers"};

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

// A fault of AWS's, in that region alone.
std::string only_in(const std::string& region, const std::string& fault) {
    for (const char* const everywhere : {"slack:", "*:", "iam:"})
        if (fault.starts_with(everywhere)) return fault;
    return fault.substr(0, fault.find(':')) + "@" + region + fault.substr(fault.find(':'));
}

} // namespace

History::History(std::uint64_t the_seed) : seed(the_seed), chance_(the_seed) {
    action = chance_.among(std::vector<std::string>{"quiet", "quiet", "quiet", "stop", "wake"});
    timeout = chance_.one_in(200) ? chance_.among(std::vector<Duration>{48h, 60h})
                                  : chance_.among(std::vector<Duration>{20min, 2h, 6h});
    clock_.next = [this]() -> std::optional<Instant> {
        return happenings_.empty() ? std::nullopt : std::optional(happenings_.back().at);
    };
    clock_.due = [this](Instant now) { happen_until(now); };
    populate();
    add_faults();
    plan_happenings();
    plan_end_of_monitor();
    looked_on = chance_.one_in(3);
}

// acme-workers and those that are no workers stay at home.
std::string History::region_of(const std::string& environment) const {
    const bool away =
        in_two_regions() && environment != environment_names.front() && environment != "acme-web";
    return away ? other_region : sandbox::home_region;
}

std::string History::region_of_instance(const std::string& id) const {
    return region_of(std::ranges::find(lives, id, &Life::id)->environment);
}

void History::note(Instant when, std::string text) {
    timeline.push_back({when, std::move(text)});
}

void History::at(Instant when, std::function<void(Instant)> what) {
    const auto place = std::ranges::find_if(happenings_, [when](const auto& one) { return one.at < when; });
    happenings_.insert(place, {when, std::move(what)});
}

void History::happen_until(Instant now) {
    while (!happenings_.empty() && happenings_.back().at <= now) {
        const auto one = std::move(happenings_.back());
        happenings_.pop_back();
        one.what(one.at);
    }
}

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
    box_ = std::make_unique<sandbox::Sandbox>(std::move(plan), clock_,
                                              sandbox::SandboxOptions{.template_text = template_text()});
    const auto size = size_of_fleet(chance_);
    for (std::int64_t i = 0; i < size; ++i)
        launch(
            wishes[static_cast<std::size_t>(chance_.between(0, static_cast<std::int64_t>(wishes.size()) - 2))]
                .name,
            clock_.now(), true);
    launch("acme-web", clock_.now(), true);
    if (action == "wake" || chance_.one_in(10)) // they were quieted before
        for (auto& life : lives)
            if (chance_.one_in(action == "wake" ? 1 : 2)) life.model->put_to_sleep(clock_.now() - 12h);
}

std::string History::launch(std::string environment, Instant now, bool settled) {
    const Instant launched = settled ? now - 12h : now;
    Character character{.workers = static_cast<int>(chance_.between(1, 3)),
                        .longest_job = longest_job(chance_)};
    if (chance_.one_in(200)) character.never_ends = disturbed = true;
    if (chance_.one_in(60)) character.script_fails = disturbed = true;
    if (chance_.one_in(60)) character.workers = 0, disturbed = true;
    sandbox::Instance instance;
    instance.id = fmt::format("i-{:017x}", ++launched_);
    instance.name = environment;
    instance.availability_zone = region_of(environment) + "a";
    instance.private_ip = "10.0.0.1";
    instance.launched = launched;
    instance.state = settled ? InstanceState::running : InstanceState::pending;
    instance.agent = settled ? AgentState::online : AgentState::absent;
    if (settled && chance_.one_in(60)) instance.agent = AgentState::absent, disturbed = true;
    auto model = std::make_shared<InstanceModel>(character, chance_.seed(), launched + (settled ? 0s : 40s));
    lives.push_back({instance.id, environment, launched, std::nullopt, model});
    instance.host = std::make_unique<SimulatedInstance>(
        model,
        [this, id = instance.id, model](const std::string& script, const std::string& command, Instant when) {
            if (script == "status") return;
            note(when, fmt::format("{}: the script starts: {} (command {})", id, script, command));
            if (script == action && model->acts()) doubled.push_back(id);
        });
    const std::string id = instance.id;
    box_->change_world(region_of(environment), [&](sandbox::World& world) {
        for (const auto& one : world.environments)
            if (one.name == environment) instance.environment_id = one.id;
        world.instances.push_back(std::move(instance));
    });
    if (settled) return id;
    const Duration registers = chance_.between(45s, 200s);
    at(now + 30s, [this, id](Instant) { change(id, [](auto& one) { one.state = InstanceState::running; }); });
    at(now + registers,
       [this, id](Instant) { change(id, [](auto& one) { one.agent = AgentState::online; }); });
    return id;
}

void History::add_faults() {
    std::vector<sandbox::FaultRule> rules;
    if (!chance_.one_in(3))
        for (auto left = chance_.between(1, 3); left > 0; --left) {
            std::string text = fault_of_chance(chance_);
            if (in_two_regions() && chance_.one_in(2)) text = only_in(other_region, text);
            note(clock_.now(), "fault: " + text);
            slack_has_faults = slack_has_faults || text.starts_with("slack") || text.starts_with("*");
            aws_forgets = aws_forgets || text.find("=absent") != std::string::npos ||
                          text.find("=empty") != std::string::npos;
            rules.push_back(sandbox::parse_fault(text));
        }
    box_->set_faults(rules);
}

void History::plan_end_of_monitor() {
    if (chance_.one_in(4))
        for (auto left = chance_.between(1, 3); left > 0; --left)
            deaths_.push_back(static_cast<int>(chance_.between(0, chance_.one_in(4) ? 300 : 40)));
    else if (chance_.one_in(6))
        sigterm_ = clock_.now() + chance_.between(0s, chance_.one_in(2) ? Duration{60s} : Duration{2h});
}

bool History::has_faults() const {
    return std::ranges::any_of(timeline, [](const Line& line) { return line.text.starts_with("fault"); });
}

void History::run() {
    do {
        run_once();
        const Run& last = runs.back();
        if (!last.killed && !last.terminated) return;
        clock_.interrupted_at.reset();
        clock_.pass(chance_.between(1s, 3min)); // the operator notices, and types the same command again
    } while (true);
}

} // namespace simulation
