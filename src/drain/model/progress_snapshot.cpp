#include "src/drain/model/progress_snapshot.hpp"

#include "src/base/chunk.hpp"

#include <algorithm>
#include <tuple>

namespace snow_white::drain {

void trim(ProgressSnapshot& snapshot) {
    std::stable_partition(snapshot.environments.begin(), snapshot.environments.end(),
                          [](const auto& row) { return row.not_as_asked() > 0; });
    snapshot.omitted_environments +=
        cut(snapshot.environments, ProgressSnapshot::most_environments);
    std::ranges::stable_sort(snapshot.unfinished, {}, [](const UnfinishedInstance& one) {
        const int jobs = one.last_count && !is_trouble(one) ? one.last_count->jobs : -1;
        return std::tuple(!is_trouble(one), -jobs,
                          std::chrono::floor<std::chrono::seconds>(one.since), one.id.text);
    });
    cut(snapshot.unfinished, ProgressSnapshot::most_unfinished);
}

} // namespace snow_white::drain
