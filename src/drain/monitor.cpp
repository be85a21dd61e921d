#include "src/drain/monitor.hpp"

#include "src/drain/company.hpp"
#include "src/drain/hands.hpp"
#include "src/drain/next.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

// The drain of one place.
struct Runner {
    Hands hands;
    Step step;
    Instant until{}; // when its pause or its meeting is over
    Observation seen = Nothing{};

    bool is_over() const { return std::holds_alternative<Finish>(step.want); }
    const Meet* meeting() const { return std::get_if<Meet>(&step.want); }
    bool waits() const { return std::holds_alternative<Pause>(step.want) || meeting() != nullptr; }
    bool acts() const { return !is_over() && !meeting() && step.state.errand == Errand::act; }
};

class Loop {
public:
    Loop(std::vector<Post>& posts, Clock& clock, Plan plan, const Tell& tell)
        : client_(posts.front().client), clock_(clock), tell_(tell), company_(places_of(posts)) {
        plan.in_company = posts.size() > 1;
        runners_.reserve(posts.size());
        for (auto& post : posts) {
            plan.can_ask = !post.assignment.status_document.empty();
            runners_.push_back({.hands = {post.client, clock, post.assignment, std::move(post.foresight)},
                                .step = begin(plan)});
        }
        for (auto& runner : runners_)
            take(runner, std::move(runner.step));
    }

    Verdict run() {
        while (!std::ranges::all_of(runners_, &Runner::is_over)) {
            meet();
            wait();
            const auto due = due_ones();
            carry_out(due);
            for (auto* runner : due)
                take(*runner, next(std::move(runner->step.state), std::move(runner->seen), clock_.now(),
                                   clock_.interrupted()));
        }
        return verdict_;
    }

private:
    static std::vector<std::string> places_of(const std::vector<Post>& posts) {
        std::vector<std::string> places;
        for (const auto& post : posts)
            places.push_back(post.place);
        return places;
    }

    void take(Runner& runner, Step step) {
        const auto place = static_cast<std::size_t>(&runner - runners_.data());
        for (auto& event : step.events)
            for (const auto& told : company_.take(place, std::move(event))) {
                if (const auto* report = std::get_if<Report>(&told)) verdict_ = report->verdict;
                tell_(told);
            }
        step.events.clear();
        runner.step = std::move(step);
        if (const auto* pause = std::get_if<Pause>(&runner.step.want))
            runner.until = clock_.now() + pause->duration;
        else if (runner.meeting() != nullptr)
            runner.until =
                std::min<Instant>(clock_.now() + changes_interval, runner.step.state.plan.deadline);
    }

    // When all that are still at it have come to a meeting. Who could end there can only if all can.
    void meet() {
        std::vector<Runner*> clean;
        std::vector<Runner*> unclean;
        for (auto& runner : runners_) {
            if (runner.is_over()) continue;
            if (runner.meeting() == nullptr) return;
            (runner.meeting()->clean ? clean : unclean).push_back(&runner);
        }
        const bool all = clean.empty() || (unclean.empty() && sweeps_hold(states_of(clean), clock_.now()));
        for (auto* runner : all&& clean.empty() ? unclean : clean)
            take(*runner, next(std::move(runner->step.state), Met{all}, clock_.now(), clock_.interrupted()));
    }

    static std::vector<const State*> states_of(const std::vector<Runner*>& runners) {
        std::vector<const State*> states;
        for (const auto* runner : runners)
            states.push_back(&runner->step.state);
        return states;
    }

    // Who could end has nothing to look for while the others are only being checked.
    bool stays(const Runner& runner) const {
        return runner.meeting() != nullptr && runner.meeting()->clean &&
               std::ranges::none_of(runners_, &Runner::acts);
    }

    void wait() {
        std::optional<Instant> until;
        for (const auto& runner : runners_) {
            if (runner.is_over() || stays(runner)) continue;
            if (!runner.waits()) return;
            until = until ? std::min(*until, runner.until) : runner.until;
        }
        if (const Instant now = clock_.now(); until && *until > now) clock_.wait(*until - now);
    }

    std::vector<Runner*> due_ones() {
        const bool interrupted = clock_.interrupted();
        const Instant now = clock_.now();
        std::vector<Runner*> due;
        for (auto& runner : runners_)
            if (!runner.is_over() &&
                (interrupted || !runner.waits() || (now >= runner.until && !stays(runner))))
                due.push_back(&runner);
        return due;
    }

    // Calls to several places at once.
    void carry_out(const std::vector<Runner*>& due) {
        std::vector<std::function<void()>> calls;
        for (auto* runner : due) {
            if (runner->meeting() != nullptr)
                runner->seen = Met{false};
            else
                calls.emplace_back([runner] { runner->seen = runner->hands.carry_out(runner->step.want); });
        }
        if (calls.size() == 1) return calls.front()();
        client_.together(calls);
    }

    aws::Client& client_;
    Clock& clock_;
    const Tell& tell_;
    Company company_;
    std::vector<Runner> runners_;
    Verdict verdict_ = Verdict::done;
};

} // namespace

Verdict run(std::vector<Post> posts, Clock& clock, Plan plan, const Tell& tell) {
    return Loop(posts, clock, plan, tell).run();
}

namespace {

// Whoever can answer has, or all commands are over.
bool has_told(const Progress& progress, int silent) {
    const auto sum = sum_of(progress.commands);
    return sum.over || (sum.targeted > 0 && sum.completed >= sum.targeted - silent);
}

} // namespace

tl::expected<std::vector<Invocation>, Failed> ask_workers(aws::Client& client, Clock& clock,
                                                          const Assignment& assignment,
                                                          const fleet::FleetSnapshot& fleet) {
    Hands hands(client, clock, assignment, {});
    std::vector<CommandId> commands;
    for (const auto& order : orders_by_environment(Errand::ask, fleet::names_of(fleet.environments))) {
        const Observation sent = hands.carry_out(Send{order});
        if (const auto* why = std::get_if<Failed>(&sent)) return tl::unexpected(*why);
        commands.push_back(std::get<Sent>(sent).id);
    }
    const auto silent = fleet.instances ? std::ranges::count_if(*fleet.instances,
                                                                [](const fleet::Instance& one) {
                                                                    return is_down(one.power) ||
                                                                           one.agent == fleet::Agent::lost;
                                                                })
                                        : 0;
    const Instant give_up = clock.now() + status_patience;
    while (clock.now() < give_up && !clock.interrupted()) {
        clock.wait(first_pause);
        const Observation seen = hands.carry_out(AskProgress{commands});
        const auto* progress = std::get_if<Progress>(&seen);
        if (progress != nullptr && has_told(*progress, static_cast<int>(silent))) break;
    }
    Observation read = hands.carry_out(ReadResults{commands});
    if (const auto* why = std::get_if<Failed>(&read)) return tl::unexpected(*why);
    return std::move(std::get<Results>(read).invocations);
}

} // namespace snow_white::drain
