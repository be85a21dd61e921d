// Where the regions of one run await each other: it is as asked only if all regions are, at one
// moment. Pure.
#pragma once

#include "src/drain/machine/effect.hpp"

namespace snow_white::drain {

struct RegionAtBarrier {
    bool over = false;              // its drain has ended
    std::optional<BarrierPoint> at; // none: it is not at the barrier
    Duration verification_begun{};  // its latest
    std::size_t instances = 0;
};

struct Barrier {
    enum class Release {
        hold,       // somebody has not come as far
        verify_all, // all are ready: a look and a verification follow everywhere
        finish,     // every verification is clean, or what is not is final, and the oldest is still
                    // valid
        restart_verified, // some are not, or no longer: those that were verified look again and
                          // become ready once more
    };

    static Release release(const std::vector<RegionAtBarrier>& regions, Duration now);
};

} // namespace snow_white::drain
