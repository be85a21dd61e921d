// Who holds a run up, as blocks of lines for the progress screen. In: a snapshot. Out: headings,
// and how many lines each block wants or shows. Pure.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"

#include <string>

namespace snow_white::report {

// Items under a heading. There may be more of them than are listed, and more than fit.
struct Block {
    std::string heading;    // with the number of all items
    std::string brief;      // the heading of a narrow screen
    std::size_t count = 0;  // of all items
    std::size_t listed = 0; // of those that the snapshot has

    // With the heading and, if not all are listed, the line that says how many are not.
    std::size_t wanted() const;
    // The items that are shown on so many lines. Very few lines have items alone.
    std::size_t shown(std::size_t lines) const;
};

// Instances in trouble, jobs by name, the other instances. Where no job is known by name, `others`
// has all instances, in the same order.
struct Holders {
    explicit Holders(const drain::ProgressSnapshot& snapshot);

    std::size_t wanted() const;

    Block troubled;
    Block named_jobs;
    Block others;
};

} // namespace snow_white::report
