#include "sandbox/base/lookup.hpp"
#include "sandbox/ssm/command.hpp"
#include "sandbox/ssm/targets.hpp"

#include <algorithm>
#include <queue>

namespace sandbox {

namespace {

bool is_error(InvocationStatus status) {
    return status == InvocationStatus::failed || status == InvocationStatus::execution_timed_out;
}

// Takes one of the agent's slots for as long as it lasts.
class RunOnInstance : public DocumentRun {
public:
    RunOnInstance(std::unique_ptr<DocumentRun> run, std::shared_ptr<void> slot)
        : run_(std::move(run)), slot_(std::move(slot)) {}
    bool finished(Instant now) override {
        const bool has_ended = run_->finished(now);
        if (run_->is_dropped()) slot_.reset();
        return has_ended;
    }
    void cancel() override { run_->cancel(); }
    const std::vector<StepResult>& steps() const override { return run_->steps(); }

private:
    std::unique_ptr<DocumentRun> run_;
    std::shared_ptr<void> slot_;
};

// A slot of the MaxConcurrency that became free, and whether by an error.
struct FreeSlot {
    Instant at{};
    bool by_error = false;
    bool operator>(const FreeSlot& other) const { return at > other.at; }
};

class Progress {
public:
    Progress(Command& command, RegionState& state, Instant now)
        : command_(command), state_(state), now_(now),
          deliverable_from_(command.requested + delivered_after) {}

    void run() {
        int slots = command_.max_concurrency();
        for (auto& invocation : command_.invocations) {
            if (invocation.released && !is_over(invocation.status)) --slots;
            if (is_error(invocation.status)) ++errors_;
        }
        collect();
        if (now_ >= deliverable_from_) {
            for (; slots > 0; --slots)
                free_.push({.at = deliverable_from_});
            release();
        }
        expire();
        command_.over = std::ranges::all_of(command_.invocations, [](const Invocation& invocation) {
            return is_over(invocation.status);
        });
    }

private:
    Instance* instance_of(Invocation& invocation) {
        auto& all = state_.instances;
        const std::string& id = invocation.instance_id;
        std::size_t& index = invocation.index;
        if (index >= all.size() || all[index].id != id)
            index =
                static_cast<std::size_t>(std::ranges::find(all, id, &Instance::id) - all.begin());
        return index == all.size() ? nullptr : &all[index];
    }

    void collect() {
        for (auto& invocation : command_.invocations) {
            if (is_over(invocation.status) || !invocation.released) continue;
            if (invocation.started)
                update(invocation);
            else
                try_start(invocation, now_);
        }
    }

    // A run's result comes from its agent, so of an instance that cannot be reached nothing is
    // heard.
    void update(Invocation& invocation) {
        Instance* const instance = instance_of(invocation);
        if (instance == nullptr || !is_managed(*instance) ||
            instance->state == InstanceState::terminated) {
            invocation.run.reset();
            return;
        }
        if (!invocation.run || !is_reachable(*instance)) return;
        deliver_cancel(invocation);
        if (!invocation.run->finished(now_)) return;
        finish(invocation);
    }

    static void deliver_cancel(Invocation& invocation) {
        if (invocation.status != InvocationStatus::cancelling || invocation.cancel_delivered)
            return;
        invocation.cancel_delivered = true;
        invocation.run->cancel();
    }

    void finish(Invocation& invocation) {
        invocation.steps = invocation.run->steps();
        invocation.run.reset();
        const bool timed_out = std::ranges::any_of(
            invocation.steps, [](const StepResult& step) { return step.timed_out; });
        const bool failed = std::ranges::any_of(
            invocation.steps, [](const StepResult& step) { return step.exit_code != 0; });
        const auto result = invocation.status == InvocationStatus::cancelling
                                ? InvocationStatus::cancelled
                            : timed_out ? InvocationStatus::execution_timed_out
                            : failed    ? InvocationStatus::failed
                                        : InvocationStatus::success;
        end(invocation, result,
            invocation.steps.empty() ? now_ : std::min(now_, invocation.steps.back().ended));
    }

    void end(Invocation& invocation, InvocationStatus status, Instant at) {
        invocation.status = status;
        invocation.ended = at;
        free_.push({.at = at, .by_error = is_error(status)});
    }

    void try_start(Invocation& invocation, Instant at) {
        Instance* const instance = instance_of(invocation);
        if (instance != nullptr && instance->denied)
            return end(invocation, InvocationStatus::access_denied, at);
        if (instance == nullptr || !is_reachable(*instance) || at >= command_.expires) return;
        if (!instance->host) return end(invocation, InvocationStatus::undeliverable, at);
        if (instance->documents.use_count() > documents_at_once) return;
        invocation.started = at;
        invocation.status = InvocationStatus::in_progress;
        invocation.run = std::make_unique<RunOnInstance>(
            instance->host->run(command_.content, command_.parameters, command_.id, at),
            instance->documents);
        update(invocation);
    }

    // In the order in which slots became free, so that a late update shows what an early one would
    // have.
    void release() {
        std::size_t next = 0;
        while (!free_.empty()) {
            const FreeSlot slot = free_.top();
            free_.pop();
            if (slot.by_error) ++errors_;
            if (errors_ > command_.max_errors()) return terminate_the_rest(slot.at);
            while (
                next < command_.invocations.size() &&
                (command_.invocations[next].released || is_over(command_.invocations[next].status)))
                ++next;
            if (next == command_.invocations.size()) continue;
            Invocation& invocation = command_.invocations[next];
            invocation.released = std::max(slot.at, deliverable_from_);
            try_start(invocation, *invocation.released);
        }
    }

    void terminate_the_rest(Instant at) {
        for (auto& invocation : command_.invocations) {
            if (invocation.released || is_over(invocation.status)) continue;
            invocation.status = InvocationStatus::terminated;
            invocation.ended = at;
        }
    }

    void expire() {
        if (now_ < command_.expires) return;
        for (auto& invocation : command_.invocations) {
            if (is_over(invocation.status)) continue;
            invocation.run.reset();
            invocation.status = InvocationStatus::delivery_timed_out;
            invocation.ended = command_.expires;
        }
    }

    Command& command_;
    RegionState& state_;
    Instant now_;
    Instant deliverable_from_;
    int errors_ = 0;
    std::priority_queue<FreeSlot, std::vector<FreeSlot>, std::greater<>> free_;
};

void resolve(Command& command, const RegionState& state) {
    command.resolved = true;
    if (!command.invocations.empty()) return; // sent to ids: known from the start
    for (const Instance* const instance : resolve_targets(state, command.request)) {
        const auto index = static_cast<std::size_t>(instance - state.instances.data());
        command.invocations.push_back(
            {.instance_id = instance->id, .instance_name = instance->name, .index = index});
    }
}

} // namespace

void progress(Command& command, RegionState& state, Instant now) {
    if (command.over) return;
    if (!command.resolved && now >= command.requested + targets_known_after)
        resolve(command, state);
    if (command.resolved) Progress(command, state, now).run();
}

void cancel(Command& command, const std::vector<std::string>& instance_ids, Instant now) {
    for (auto& invocation : command.invocations) {
        const bool meant = instance_ids.empty() || contains(instance_ids, invocation.instance_id);
        if (!meant || is_over(invocation.status)) continue;
        if (invocation.status == InvocationStatus::pending) {
            invocation.status = InvocationStatus::cancelled;
            invocation.ended = now;
            continue;
        }
        invocation.status = InvocationStatus::cancelling; // until its agent has heard of it
    }
}

} // namespace sandbox
