// A fleet for tests of the reducer: it answers every effect as AWS would through the executor, from
// a few plain tables that a test fills, and records the effects.
#pragma once

#include "src/drain/machine/limits.hpp"
#include "src/drain/machine/reducer.hpp"
#include "src/drain/progress/progress_poller.hpp"
#include "src/drain/run/answers_of_aws.hpp"
#include "tests/unit/fake_clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace test {

using namespace snow_white::drain;
using namespace std::chrono_literals;
using snow_white::CommandId;
using snow_white::InstanceId;
using snow_white::Instant;
namespace fleet = snow_white::fleet;

inline std::string line(const std::string& action, const std::string& outcome,
                        const std::string& state, int busy = 0) {
    return fmt::format(
        R"({{"snow_white":1,"action":"{}","outcome":"{}","note":"","workers":[)"
        R"({{"pid":1,"unit":"sidekiq.service","version":"7.3.0","busy":{},"of":5,"state":"{}"}}]}})",
        action, outcome, busy, state);
}

// The same line of a script that names its host, and more: `"scripts":[…],` or nothing.
inline std::string with_host(std::string line, const std::string& more = {}) {
    return line.insert(line.find(R"("note")"), R"("host":"ip-10-0-0-7",)" + more);
}

inline const InstanceResult& result_of(const Report& report, const std::string& id) {
    const auto found =
        std::ranges::find(report.instances, id, [](const auto& one) { return one.id.text; });
    if (found == report.instances.end()) throw std::out_of_range("no result of " + id);
    return *found;
}

class FakeFleet {
public:
    struct Host {
        InstanceId id;
        Instant launched{};                        // no list shows it before
        snow_white::Duration script_duration{10s}; // from the command to its end
        snow_white::Duration status_duration{1s};  // from the status command to its end
        InvocationEnd end = InvocationEnd::succeeded;
        std::string output = line("quiet", "done", "idle");
        std::string status = line("status", "done", "quiet");
        fleet::Ec2State ec2_state = fleet::Ec2State::running;
        fleet::Agent agent = fleet::Agent::online;
        std::string agent_version = "3.3.1957.0";
        std::string name = {}; // as its SSM agent reports it
    };

    explicit FakeFleet(FakeClock& clock) : clock_(clock) {}

    Host& add(const std::string& id) {
        hosts.push_back({.id = {id}});
        return hosts.back();
    }

    void forget_commands() { commands_.clear(); }

    snow_white::Now now() const { return {clock_.now(), clock_.elapsed() - began_}; }

    // Runs the reducer to its end, and the poller of the live progress beside it, as DrainLoop
    // does.
    Report run(Config config) {
        began_ = clock_.elapsed();
        config.started = clock_.now();
        if (config.timeout == snow_white::Duration{}) config.timeout = 48h;
        Step step = initial_step(config);
        ProgressPoller poller;
        for (;;) {
            end_if_it_goes_round();
            events.insert(events.end(), step.events.begin(), step.events.end());
            if (on_event) std::ranges::for_each(step.events, on_event);
            if (std::holds_alternative<Finish>(step.effect))
                return std::get<Report>(step.events.back());
            if (config.live_progress) poll(poller, step);
            Response response = ask(step.effect);
            step = reduce(std::move(step.state), std::move(response), now(), clock_.interrupted());
        }
    }

    template <class EffectType> std::size_t count() const {
        return static_cast<std::size_t>(std::ranges::count_if(effects, [](const auto& effect) {
            return std::holds_alternative<EffectType>(effect);
        }));
    }

    template <class EventType> std::ptrdiff_t count_events() const {
        return std::ranges::count_if(
            events, [](const Event& event) { return std::holds_alternative<EventType>(event); });
    }

    std::vector<std::string> notices() const {
        std::vector<std::string> texts;
        for (const auto& event : events)
            if (const auto* notice = std::get_if<Notice>(&event)) texts.push_back(notice->what);
        return texts;
    }

    std::vector<CommandSpec> sent(Purpose purpose) const {
        std::vector<CommandSpec> specs;
        for (const auto& effect : effects)
            if (const auto* send = std::get_if<SendCommand>(&effect);
                send != nullptr && send->spec.purpose == purpose)
                specs.push_back(send->spec);
        return specs;
    }

    std::vector<Host> hosts;
    std::vector<fleet::Environment> environments{{"acme-workers", "Ready"}};
    bool documents_carry_script = false;
    std::vector<InFlightCommand> in_flight; // what FindInFlightCommands finds
    std::function<std::optional<Response>(const Effect&)>
        override_answer;                                    // a fault in place of the answer
    std::function<snow_white::sidekiq::Snapshot()> sidekiq; // empty: it cannot be read
    std::vector<Effect> effects;
    std::vector<Event> events;
    std::function<void(const Event&)> on_event;

    Response answer(const Effect& effect) {
        if (override_answer)
            if (auto fault = override_answer(effect)) return *fault;
        return answer_normally(effect);
    }

    Response answer_normally(const Effect& effect) {
        return std::visit(
            [this](const auto& one) -> Response {
                using EffectType = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<EffectType, Finish>)
                    throw std::logic_error("a drain that has ended wants nothing");
                else
                    return Answered<EffectType>{answer_to(one)};
            },
            effect);
    }

    // That call fails.
    static std::optional<Response> fail(const Effect& effect, CallFailure failure) {
        return std::visit(
            [&](const auto& one) -> std::optional<Response> {
                using EffectType = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<EffectType, Finish>)
                    return std::nullopt;
                else
                    return Response{Answered<EffectType>{tl::unexpected(failure)}};
            },
            effect);
    }

private:
    // A broken program may never wait: its test is to fail, and not to fill the memory.
    void end_if_it_goes_round() {
        constexpr int most = 100'000;
        steps_ = std::exchange(step_at_, clock_.elapsed()) == clock_.elapsed() ? steps_ + 1 : 0;
        if (steps_ > most) throw std::runtime_error("it goes round, and never waits");
    }

    Response ask(const Effect& effect) {
        effects.push_back(effect);
        return answer(effect);
    }

    void poll(ProgressPoller& poller, Step& step) {
        if (std::holds_alternative<Sleep>(step.effect))
            while (const auto effect = poller.due(step.state, now())) {
                poller.apply(step.state, ask(*effect), now());
                note_job_counts(step.state, poller.take_job_counts());
            }
        if (auto snapshot = poller.changed_snapshot(step.state, now()))
            events.emplace_back(*snapshot);
    }

    struct SentCommand {
        CommandSpec spec;
        Instant at;
        snow_white::Duration sent{};
        std::vector<std::size_t> to; // indexes into `hosts`
    };

    std::vector<Host*> launched_hosts() {
        std::vector<Host*> found;
        for (auto& host : hosts)
            if (host.launched <= clock_.now()) found.push_back(&host);
        return found;
    }

    fleet::Instance instance_of(const Host& host) const {
        return {.id = host.id,
                .environment = environments.empty() ? "" : environments[0].name,
                .zone = "us-east-1a",
                .ec2_state = host.ec2_state,
                .agent = host.agent,
                .launched = host.launched,
                .host = host.name};
    }

    fleet::FleetSnapshot answer_to(const DiscoverFleet& effect) {
        fleet::FleetSnapshot snapshot{.environments = environments,
                                      .instances = std::vector<fleet::Instance>{},
                                      .unavailable = {}};
        for (const auto* host : launched_hosts())
            if (auto& seen = snapshot.instances->emplace_back(instance_of(*host));
                !effect.previous.agent_confirmed.contains(host->id))
                seen.agent_version = host->agent_version;
        return snapshot;
    }
    FindInFlightCommands::Answer answer_to(const FindInFlightCommands&) {
        FindInFlightCommands::Answer found;
        for (const auto& command : in_flight) {
            found.commands.push_back(command);
            if (!commands_.contains(command.id.text))
                deliver(command.id, {Purpose::act, command.environments, command.instances});
        }
        return found;
    }
    CommandId answer_to(const SendCommand& send) {
        const CommandId id{fmt::format("command-{}", commands_.size() + 1)};
        deliver(id, send.spec);
        return id;
    }
    std::vector<CommandProgress> answer_to(const PollProgress& ask) {
        std::vector<CommandProgress> progress;
        for (const auto& id : ask.commands) {
            CommandProgress one{.known = commands_.contains(id.text)};
            if (one.known) {
                const auto& command = commands_.at(id.text);
                one.targeted = static_cast<int>(command.to.size());
                one.completed = static_cast<int>(std::ranges::count_if(
                    command.to, [&](std::size_t to) { return is_over(command, hosts[to]); }));
            }
            one.over = one.known && one.completed == one.targeted;
            progress.push_back(one);
        }
        return progress;
    }
    fleet::Changes answer_to(const PollFleetChanges& find) {
        fleet::Changes changes{.environments = environments,
                               .launched = std::vector<fleet::Instance>{},
                               .leaving = std::vector<InstanceId>{},
                               .silent = std::vector<InstanceId>{},
                               .unavailable = {}};
        for (const auto* host : launched_hosts()) {
            if (host->launched >= find.since) changes.launched->push_back(instance_of(*host));
            if (host->ec2_state != fleet::Ec2State::running) changes.leaving->push_back(host->id);
            if (host->agent == fleet::Agent::lost) changes.silent->push_back(host->id);
        }
        return changes;
    }
    std::vector<CommandResults> answer_to(const CollectResults& read) {
        std::vector<CommandResults> results;
        for (const auto& id : read.commands)
            results.push_back({id, commands_.contains(id.text), invocations(id)});
        return results;
    }
    Sleep::Answer answer_to(const Sleep& sleep) {
        clock_.wait(sleep.duration);
        return {};
    }
    // All other regions are at the same point.
    tl::expected<snow_white::sidekiq::Snapshot, CallFailure> answer_to(const ReadSidekiq&) {
        if (sidekiq) return sidekiq();
        return tl::unexpected(CallFailure{CallFailure::Kind::refused, "redis is down"});
    }
    static AwaitBarrier::Answer answer_to(const AwaitBarrier&) {
        return AwaitBarrier::Answer::released;
    }

    void deliver(const CommandId& id, const CommandSpec& spec) {
        SentCommand command{spec, clock_.now(), clock_.elapsed(), {}};
        for (const auto* host : launched_hosts()) {
            const bool meant = spec.instances.empty() ||
                               std::ranges::find(spec.instances, host->id) != spec.instances.end();
            if (meant && host->agent != fleet::Agent::absent)
                command.to.push_back(static_cast<std::size_t>(host - hosts.data()));
        }
        commands_[id.text] = command;
    }

    bool is_over(const SentCommand& command, const Host& host) const {
        const auto takes =
            command.spec.purpose == Purpose::act ? host.script_duration : host.status_duration;
        return clock_.elapsed() - command.sent >= takes && host.agent == fleet::Agent::online &&
               host.ec2_state == fleet::Ec2State::running;
    }

    std::vector<InvocationResult> invocations(const CommandId& id) {
        auto found = invocations_of(id);
        for (auto& one : found)
            one.carries_script = documents_carry_script;
        return found;
    }

    std::vector<InvocationResult> invocations_of(const CommandId& id) {
        std::vector<InvocationResult> found;
        if (!commands_.contains(id.text)) return found;
        const auto& command = commands_.at(id.text);
        for (const auto& to : command.to) {
            const Host* host = &hosts[to];
            const bool act = command.spec.purpose == Purpose::act;
            if (!is_over(command, *host))
                found.push_back(make_invocation_result(host->id, InvocationEnd::pending,
                                                       "InProgress", "", command.at));
            else if (act)
                found.push_back(make_invocation_result(
                    host->id, host->end,
                    host->end == InvocationEnd::succeeded ? "Success" : "Failed", host->output,
                    command.at));
            else
                found.push_back(make_invocation_result(host->id, InvocationEnd::succeeded,
                                                       "Success", host->status, command.at));
        }
        return found;
    }

    FakeClock& clock_;
    snow_white::Duration step_at_{}; // when the latest step was made
    int steps_ = 0;                  // and how many at that time
    snow_white::Duration began_{};
    std::map<std::string, SentCommand> commands_;
};

} // namespace test
