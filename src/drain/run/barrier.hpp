// Where the regions of one run await each other: a run is done only if all regions are verified at
// one moment. In: where each region is. Out: which of them go on. Pure.
#pragma once

#include "src/drain/machine/effect.hpp"

namespace snow_white::drain {

struct RegionAtBarrier {
    bool over = false;              // its drain has ended
    std::optional<BarrierPoint> at; // none: it is not at the barrier
    Duration verification_begun{};  // the latest one, elapsed time
    std::size_t instances = 0;
};

struct Barrier {
    enum class Release {
        hold,       // some region has not arrived
        verify_all, // all are ready: a discovery and a verification follow in each
        // Every verification is clean, or nothing can improve it, and the oldest is still valid.
        finish,
        // Some are not: the verified regions discover their fleets again, and become ready again.
        restart_verified,
    };

    static Release release(const std::vector<RegionAtBarrier>& regions, Duration now);
};

} // namespace snow_white::drain
