// The state of a drain, and what the poller has learnt beside it, as one snapshot. Pure.
#pragma once

#include "src/drain/progress/progress_poller.hpp"

namespace snow_white::drain {

ProgressSnapshot build_snapshot(const State& state, const ProgressPoller::PolledProgress& polled,
                                Now now);

} // namespace snow_white::drain
