#include "tests/simulation/history.hpp"

#include "sandbox/faults/fault.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "tests/simulation/random_faults.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <thread>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;

namespace {

// The same fault in one region only.
std::string only_in(const std::string& region, const std::string& fault) {
    for (const char* const everywhere : {"slack:", "*:", "iam:"})
        if (fault.starts_with(everywhere)) return fault;
    return fault.substr(0, fault.find(':')) + "@" + region + fault.substr(fault.find(':'));
}

// `calls` are in the order of time.
std::ptrdiff_t count_since(const std::vector<Instant>& calls, Instant from) {
    return calls.end() - std::ranges::lower_bound(calls, from);
}

} // namespace

History::History(std::uint64_t the_seed) : seed(the_seed), random_(the_seed) {
    action = random_.pick(std::vector<std::string>{"quiet", "quiet", "quiet", "stop", "wake"});
    timeout = random_.one_in(200) ? random_.pick(std::vector<Duration>{48h, 60h})
                                  : random_.pick(std::vector<Duration>{20min, 2h, 6h});
    clock_.next = [this]() -> std::optional<Instant> {
        return scenario_events_.empty() ? std::nullopt : std::optional(scenario_events_.back().at);
    };
    clock_.due = [this](Instant now) { play_events_until(now); };
    calm_ = random_.one_in(8);
    two_monitors = !calm_ && random_.one_in(10);
    populate();
    clock_.advance_sandbox = [this] { sandbox_->advance(); };
    add_faults();
    draw_unusual_conditions();
    lose_tags();
    plan_scenario_events();
    plan_end_of_monitor();
    live_progress = random_.one_in(3);
}

// acme-workers and the environment without workers stay in the home region.
std::string History::region_of(const std::string& environment) const {
    const bool away =
        in_two_regions() && environment != environment_names.front() && environment != "acme-web";
    return away ? other_region : sandbox::home_region;
}

std::string History::region_of_instance(const std::string& id) const {
    return region_of(std::ranges::find(lifetimes, id, &InstanceLifetime::id)->environment);
}

void History::note(Instant when, std::string text) {
    notes.push_back({when, std::move(text)});
}

void History::record_change(Instant when, std::string text) {
    if (!disturbed) disturbed = when;
    changes.push_back(when);
    note(when, std::move(text));
}

void History::set_reachable(const std::string& id, Instant now, bool reachable) {
    if (reachable && denied.contains(id)) return;
    for (auto& lifetime : lifetimes)
        if (lifetime.id == id && !lifetime.ended &&
            (lifetime.reachability.empty() || lifetime.reachability.back().second != reachable))
            lifetime.reachability.emplace_back(now, reachable);
}

bool InstanceLifetime::reachable_since(Instant from, Instant to) const {
    bool at_first = false;
    for (const auto& [at, reachable] : reachability) {
        if (at <= from) at_first = reachable;
        if (at > from && at <= to && !reachable) return false;
    }
    return at_first;
}

void History::at(Instant when, std::function<void(Instant)> what) {
    const auto place =
        std::ranges::find_if(scenario_events_, [when](const auto& one) { return one.at < when; });
    scenario_events_.insert(place, {when, std::move(what)});
}

void History::play_events_until(Instant now) {
    while (!scenario_events_.empty() && scenario_events_.back().at <= now) {
        const auto one = std::move(scenario_events_.back());
        scenario_events_.pop_back();
        sandbox_->advance(); // what happened before comes first
        one.what(one.at);
    }
}

void History::add_faults() {
    std::vector<sandbox::FaultRule> rules;
    if (!calm_ && !random_.one_in(3))
        for (auto left = random_.between(1, 3); left > 0; --left) {
            std::string text = random_fault(random_);
            if (in_two_regions() && random_.one_in(2)) text = only_in(other_region, text);
            note(clock_.now(), "fault: " + text);
            aws_faults += text.starts_with("slack") ? 0 : 1;
            slack_has_faults =
                slack_has_faults || text.starts_with("slack") || text.starts_with("*");
            record_fault(text);
            rules.push_back(sandbox::parse_fault(text));
        }
    if (const auto text = refused_token(); !calm_ && !text.empty()) {
        note(clock_.now(), "fault: " + text);
        ++aws_faults;
        record_fault(text);
        rules.push_back(sandbox::parse_fault(text));
    }
    sandbox_->set_faults(rules);
}

// Remembers which calls the fault hits, and until when.
void History::record_fault(const std::string& text) {
    const auto rule = sandbox::parse_fault(text);
    const Span span{clock_.now() + rule.from,
                    rule.until ? clock_.now() + *rule.until : Instant::max()};
    if (rule.until) changes.push_back(span.until);
    using sandbox::FaultKind;
    if (rule.kind == FaultKind::absent || rule.kind == FaultKind::empty)
        forgetting_faults_.push_back(span);
    const bool blinds =
        rule.action == "DescribeEnvironments" || rule.action == "DescribeInstances" ||
        rule.action == "DescribeInstanceInformation" || rule.action == "ListCommands";
    if (blinds && rule.until) failed_listings.push_back(span);
    const bool wide = rule.action == "*" || rule.action == "SendCommand";
    if (wide && rule.kind != FaultKind::slow)
        (rule.until ? wide_faults : lasting_faults_).push_back(span);
}

// A fault without an end hits a call now and then. AWS counts as unreachable when a third of the
// calls of two minutes failed, three at least. A command counts as forgotten when a list is empty
// that cannot be.
void History::classify_answer(const Run& run, const std::string& what, const std::string& question,
                              const std::string& answer) {
    const Instant now = clock_.now();
    const Instant from = now - 2min;
    std::ptrdiff_t all = 0;
    for (const auto& [region, calls] : run.calls)
        all += count_since(calls, from);
    const auto failed = count_since(run.failed_calls, from);
    const bool fails = !run.failed_calls.empty() && run.failed_calls.back() == now;
    if (fails && what == "DescribeInstances") unlisted_launches.push_back({now, now});
    if (fails && what == "DescribeEnvironments") unlisted_environments.push_back({now, now});
    if (fails && what == "ListCommandInvocations") unread_results.push_back({now, now});
    const bool often = failed >= 3 && failed * 3 >= all && fails;
    if (often && any_meets(lasting_faults_, now, now)) wide_faults.push_back({from, now});
    if (any_meets(forgetting_faults_, now, now) && conceals_commands(what, question, answer))
        forgotten_commands.push_back({now, now});
}

bool History::conceals_commands(const std::string& what, const std::string& question,
                                const std::string& answer) const {
    if (what != "ListCommands" && what != "ListCommandInvocations") return false;
    const bool empty = answer.find(R"("Commands":[])") != std::string::npos ||
                       answer.find(R"("CommandInvocations":[])") != std::string::npos;
    const bool by_id = question.find("CommandId") != std::string::npos;
    const bool something_runs = std::ranges::any_of(
        lifetimes, [](const InstanceLifetime& lifetime) { return lifetime.model->runs_action(); });
    return answer.find("InvalidCommandId") != std::string::npos ||
           (empty && (by_id || something_runs));
}

void History::plan_end_of_monitor() {
    if (calm_) return;
    if (random_.one_in(4))
        for (auto left = random_.between(1, 3); left > 0; --left)
            kills_at_calls_.push_back(
                static_cast<int>(random_.between(0, random_.one_in(4) ? 300 : 40)));
    else if (random_.one_in(6))
        sigterm_ =
            clock_.now() + random_.between(0s, random_.one_in(2) ? Duration{60s} : Duration{2h});
}

bool History::has_faults() const {
    return std::ranges::any_of(
        notes, [](const TimedLine& line) { return line.text.starts_with("fault"); });
}

void History::run() {
    prepare();
    if (two_monitors) {
        play_two();
    } else {
        Monitor monitor{MonitorClock(clock_), action};
        play(monitor);
    }
    record_commands_of_others();
}

void History::play(Monitor& monitor) {
    do {
        run_once(monitor);
        const Run& last = runs.back();
        if (last.goes_round || (!last.killed && !last.terminated)) return;
        monitor.clock.interrupted_at.reset();
        // The operator notices, and types the same command again.
        monitor.clock.pass(random_.between(1s, 3min));
    } while (true);
}

// Two operators' programs, each in a thread. Only one of them runs at any time, in the order of
// simulated time, so that a seed always gives the same history.
void History::play_two() {
    Turns turns(clock_);
    const Instant now = clock_.now();
    const std::string other = action == "wake" ? "quiet" : "wake";
    Monitor first{MonitorClock(clock_, &turns, 0), action};
    Monitor second{MonitorClock(clock_, &turns, 1), random_.one_in(4) ? other : action, true};
    turns.join(0, now);
    turns.join(
        1, now + (random_.one_in(2) ? random_.between(100ms, 10s) : random_.between(10s, 20min)));
    std::exception_ptr fault;
    const auto play_in_turn = [&](int who, Monitor& monitor) {
        turns.begin(who);
        try {
            play(monitor);
        } catch (...) {
            fault = std::current_exception();
        }
        turns.leave(who);
    };
    std::thread thread([&] { play_in_turn(1, second); });
    play_in_turn(0, first);
    thread.join();
    if (fault) std::rethrow_exception(fault);
}

} // namespace simulation
