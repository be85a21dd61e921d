// One region's drain in the loop: its state machine, its calls, and what it waits for.
#pragma once

#include "src/drain/machine/reducer.hpp"
#include "src/drain/progress/progress_poller.hpp"
#include "src/drain/run/effect_executor.hpp"

namespace snow_white::drain {

struct RegionDrain {
    EffectExecutor executor;
    Step step;
    ProgressPoller poller = {};
    Duration wakes_at{};               // when its sleep is over, or it looks again at the barrier
    std::optional<Effect> polled = {}; // what the poller asks during the sleep
    Response response = Answered<Sleep>{}; // to the effect, or to what was polled

    bool is_over() const { return std::holds_alternative<Finish>(step.effect); }
    bool sleeps() const { return std::holds_alternative<Sleep>(step.effect); }
    const AwaitBarrier* at_barrier() const { return std::get_if<AwaitBarrier>(&step.effect); }
    bool waits() const { return sleeps() || at_barrier() != nullptr; }
    // It tells instances to do something, or waits until they have.
    bool acts() const {
        if (is_over() || at_barrier() != nullptr) return false;
        const auto* send = std::get_if<Send>(&step.state.phase);
        const auto* wait = std::get_if<Wait>(&step.state.phase);
        const auto* collect = std::get_if<Collect>(&step.state.phase);
        const bool verifies = (send && send->purpose == Purpose::verify) ||
                              (wait && wait->purpose == Purpose::verify) ||
                              (collect && collect->purpose == Purpose::verify);
        return !verifies;
    }
};

} // namespace snow_white::drain
