#include "src/drain/next.hpp"

#include "src/drain/steps.hpp"

namespace snow_white::drain {

Step begin(Plan plan) {
    return want(State{.plan = plan}, LookAtFleet{});
}

Step next(State state, const Observation& seen, Instant now, bool interrupted) {
    if (interrupted) return give_up(state, Verdict::interrupted, "", now);
    switch (state.phase) {
    case Phase::looking:
        return on_looking(std::move(state), seen, now);
    case Phase::joining:
        return on_joining(std::move(state), seen, now);
    case Phase::sending:
        return on_sending(std::move(state), seen, now);
    case Phase::waiting:
        return on_waiting(std::move(state), seen, now);
    case Phase::reading:
        return on_reading(std::move(state), seen, now);
    }
    return finish(state, now);
}

} // namespace snow_white::drain
