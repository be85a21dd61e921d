// Which columns of a table fit a terminal. In: the widths of the columns, in the order of their
// value for a person. Out: how many of them, and with which widths. Pure.
#pragma once

#include <cstddef>
#include <vector>

namespace snow_white::report {

// The column with long names: it is cut so that the columns up to `last` fit. Those after that one
// come only when they fit beside its whole width.
struct ElasticColumn {
    std::size_t column;
    std::size_t least; // it is cut to no less
    std::size_t last;
};

struct FittingColumns {
    std::size_t shown = 0; // the first so many, at least one
    std::vector<std::size_t> widths;
    std::size_t gap = 2; // between two columns; on a narrow terminal 1
};

FittingColumns fit_columns(std::vector<std::size_t> widths, const ElasticColumn& elastic,
                           std::size_t room);

} // namespace snow_white::report
