#include "src/drain/run/sidekiq_outage.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

std::optional<Notice> SidekiqOutage::note(const SidekiqView& view) {
    const bool fails = view.source == SidekiqView::Source::unavailable;
    const bool failed = std::exchange(failed_, fails);
    if (fails && !std::exchange(is_said_, true))
        return Notice{fmt::format("Sidekiq's Redis could not be read: {}; asking again each minute",
                                  view.why)};
    if (!fails && !failed && std::exchange(is_said_, false))
        return Notice{"Sidekiq's Redis answers again"};
    return std::nullopt;
}

} // namespace snow_white::drain
