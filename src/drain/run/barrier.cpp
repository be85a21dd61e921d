#include "src/drain/run/barrier.hpp"

#include "src/drain/machine/verification.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

// The time to read all regions' pages counts, so the instances of all are added.
bool all_valid(const std::vector<RegionAtBarrier>& regions, Duration now) {
    std::size_t instances = 0;
    Duration oldest = now;
    for (const auto& region : regions) {
        if (region.over) continue;
        instances += region.instances;
        oldest = std::min(oldest, region.verification_begun);
    }
    return now - oldest < validity(instances);
}

} // namespace

Barrier::Release Barrier::release(const std::vector<RegionAtBarrier>& regions, Duration now) {
    bool any_ready = false;
    bool any_verified = false;
    for (const auto& region : regions) {
        if (region.over) continue;
        if (!region.at) return Release::hold;
        (*region.at == BarrierPoint::ready ? any_ready : any_verified) = true;
    }
    if (any_verified)
        return any_ready || !all_valid(regions, now) ? Release::restart_verified : Release::finish;
    return any_ready ? Release::verify_all : Release::hold;
}

} // namespace snow_white::drain
