// A fleet for tests of the drain's heart: it answers every want as AWS would through the monitor, from a few
// plain tables that a test fills, and remembers what was wanted.
#pragma once

#include "src/drain/answers.hpp"
#include "src/drain/next.hpp"
#include "tests/unit/fake_clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace test {

using namespace snow_white::drain;
using namespace std::chrono_literals;
using snow_white::Instant;
namespace fleet = snow_white::fleet;

inline std::string line(const std::string& action, const std::string& outcome, const std::string& state,
                        int busy = 0) {
    return fmt::format(
        R"({{"snow_white":1,"action":"{}","outcome":"{}","note":"","workers":[)"
        R"({{"pid":1,"unit":"sidekiq.service","version":"7.3.0","busy":{},"of":5,"state":"{}"}}]}})",
        action, outcome, busy, state);
}

class FakeFleet {
public:
    struct Host {
        InstanceId id;
        Instant launched{};               // not seen before that
        snow_white::Duration takes{10s};  // from the command to its end
        snow_white::Duration answers{1s}; // from the status command to its end
        Outcome end = Outcome::done;
        std::string output = line("quiet", "done", "idle");
        std::string status = line("status", "done", "quiet");
        fleet::Power power = fleet::Power::on;
        fleet::Agent agent = fleet::Agent::online;
    };

    explicit FakeFleet(FakeClock& clock) : clock_(clock) {}

    Host& add(const std::string& id) {
        hosts.push_back({.id = {id}});
        return hosts.back();
    }

    void forget_commands() { commands_.clear(); }

    // Runs the heart to its end.
    Report run(Plan plan) {
        plan.started = clock_.now();
        if (plan.deadline == Instant{}) plan.deadline = clock_.now() + 48h;
        Step step = begin(plan);
        for (;;) {
            events.insert(events.end(), step.events.begin(), step.events.end());
            if (std::holds_alternative<Finish>(step.want)) return std::get<Report>(step.events.back());
            wants.push_back(step.want);
            Observation seen = answer(step.want);
            step = next(std::move(step.state), seen, clock_.now(), clock_.interrupted());
        }
    }

    template <class Want> std::size_t count() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            wants, [](const auto& want) { return std::holds_alternative<Want>(want); }));
    }

    std::vector<Order> sent(Errand errand) const {
        std::vector<Order> orders;
        for (const auto& want : wants)
            if (const auto* send = std::get_if<Send>(&want); send != nullptr && send->order.errand == errand)
                orders.push_back(send->order);
        return orders;
    }

    std::vector<Host> hosts;
    std::vector<fleet::Environment> environments{{"acme-workers", "Ready"}};
    std::vector<Ongoing> in_flight;                                 // what FindInFlight finds
    std::function<std::optional<Observation>(const Want&)> instead; // a fault in place of the answer
    std::vector<Want> wants;
    std::vector<Event> events;

    Observation answer(const Want& want) {
        if (instead)
            if (auto fault = instead(want)) return *fault;
        return answer_in_earnest(want);
    }

    Observation answer_in_earnest(const Want& want) {
        return std::visit([this](const auto& one) -> Observation { return answer_to(one); }, want);
    }

private:
    struct SentCommand {
        Order order;
        Instant at;
        std::vector<std::size_t> to; // places in `hosts`
    };

    std::vector<Host*> present() {
        std::vector<Host*> found;
        for (auto& host : hosts)
            if (host.launched <= clock_.now()) found.push_back(&host);
        return found;
    }

    fleet::Instance instance_of(const Host& host) const {
        return {.id = host.id,
                .environment = environments.empty() ? "" : environments[0].name,
                .zone = "us-east-1a",
                .power = host.power,
                .agent = host.agent,
                .launched = host.launched};
    }

    Observation answer_to(const LookAtFleet&) {
        fleet::FleetSnapshot snapshot{.environments = environments,
                                      .instances = std::vector<fleet::Instance>{}};
        for (const auto* host : present())
            snapshot.instances->push_back(instance_of(*host));
        return snapshot;
    }
    Observation answer_to(const FindInFlight&) {
        InFlight found;
        for (const auto& command : in_flight) {
            found.commands.push_back(command);
            if (!commands_.contains(command.id.text))
                deliver(command.id, {Errand::act, command.environments, command.instances});
        }
        return found;
    }
    Observation answer_to(const Send& send) {
        const CommandId id{fmt::format("command-{}", commands_.size() + 1)};
        deliver(id, send.order);
        return Sent{id};
    }
    Observation answer_to(const AskProgress& ask) {
        Progress progress;
        for (const auto& id : ask.commands) {
            CommandProgress one{.known = commands_.contains(id.text)};
            if (one.known) {
                const auto& command = commands_.at(id.text);
                one.targeted = static_cast<int>(command.to.size());
                one.completed = static_cast<int>(std::ranges::count_if(
                    command.to, [&](std::size_t to) { return is_over(command, hosts[to]); }));
            }
            one.over = one.known && one.completed == one.targeted;
            progress.commands.push_back(one);
        }
        return progress;
    }
    Observation answer_to(const FindChanges& find) {
        fleet::Changes changes;
        for (const auto* host : present()) {
            if (host->launched >= find.since) changes.launched.push_back(instance_of(*host));
            if (host->power != fleet::Power::on) changes.leaving.push_back(host->id);
            if (host->agent == fleet::Agent::lost) changes.silent.push_back(host->id);
        }
        return changes;
    }
    Observation answer_to(const ReadResults& read) {
        Results results;
        for (const auto& id : read.commands)
            for (const auto& invocation : invocations(id))
                results.invocations.push_back(invocation);
        return results;
    }
    Observation answer_to(const Pause& pause) {
        clock_.wait(pause.duration);
        return Nothing{};
    }
    Observation answer_to(const Meet&) { return Met{true}; } // whoever else there is has come as far
    Observation answer_to(const Finish&) { return Nothing{}; }

    void deliver(const CommandId& id, const Order& order) {
        SentCommand command{order, clock_.now(), {}};
        for (const auto* host : present()) {
            const bool meant = order.instances.empty() ||
                               std::ranges::find(order.instances, host->id) != order.instances.end();
            if (meant && host->agent != fleet::Agent::absent)
                command.to.push_back(static_cast<std::size_t>(host - hosts.data()));
        }
        commands_[id.text] = command;
    }

    bool is_over(const SentCommand& command, const Host& host) const {
        const auto takes = command.order.errand == Errand::act ? host.takes : host.answers;
        return clock_.now() - command.at >= takes && host.agent == fleet::Agent::online &&
               host.power == fleet::Power::on;
    }

    std::vector<Invocation> invocations(const CommandId& id) {
        std::vector<Invocation> found;
        if (!commands_.contains(id.text)) return found;
        const auto& command = commands_.at(id.text);
        for (const auto& to : command.to) {
            const Host* host = &hosts[to];
            const bool act = command.order.errand == Errand::act;
            if (!is_over(command, *host))
                found.push_back(heard(host->id, Outcome::pending, "InProgress", "", command.at));
            else if (act)
                found.push_back(heard(host->id, host->end, host->end == Outcome::done ? "Success" : "Failed",
                                      host->output, command.at));
            else
                found.push_back(heard(host->id, Outcome::done, "Success", host->status, command.at));
        }
        return found;
    }

    FakeClock& clock_;
    std::map<std::string, SentCommand> commands_;
};

} // namespace test
