#include "src/report/text/fitting_columns.hpp"

#include <algorithm>
#include <utility>

namespace snow_white::report {

namespace {

constexpr std::size_t few_columns = 60; // a terminal with fewer has smaller gaps

} // namespace

FittingColumns fit_columns(std::vector<std::size_t> widths, const ElasticColumn& elastic,
                           std::size_t room) {
    FittingColumns columns{.widths = std::move(widths), .gap = room < few_columns ? 1U : 2U};
    auto& name = columns.widths.at(elastic.column);
    const std::size_t whole_name = name;
    name = std::min(name, elastic.least);
    std::size_t used = 0;
    for (const std::size_t width : columns.widths) {
        const std::size_t cut = columns.shown > elastic.last ? whole_name - name : 0;
        const std::size_t more = width + (used == 0 ? 0 : columns.gap);
        if (used > 0 && used + more + cut > room) break;
        used += more;
        ++columns.shown;
    }
    name += std::min(whole_name - name, room - std::min(room, used));
    return columns;
}

} // namespace snow_white::report
