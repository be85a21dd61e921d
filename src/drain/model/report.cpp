#include "src/drain/model/report.hpp"

namespace snow_white::drain {

LeftCounts count_left(const Report& report) {
    LeftCounts counts;
    for (const auto& instance : report.instances)
        if (instance.left && instance.left->jobs) {
            ++counts.with_jobs;
            counts.jobs += *instance.left->jobs;
        } else if (instance.left) {
            ++counts.unanswered;
        }
    return counts;
}

std::string prefix_region(const std::string& region, const std::string& sentence) {
    return region.empty() ? sentence : region + ": " + sentence;
}

} // namespace snow_white::drain
