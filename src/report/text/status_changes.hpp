// What is different from the previous look of `-a status --watch`. In: two looks. Out: a mark for
// each row of the later one, and a sentence. Pure.
#pragma once

#include "src/report/text/status_table.hpp"

namespace snow_white::report {

struct StatusLook {
    Instant at{};
    std::vector<StatusRow> rows = {};
    bool lists_all = true; // false: there may be instances that it does not list
};

struct StatusChanges {
    // For each row '*': another state or number of jobs; '+': new; ' ': as before.
    std::string marks;
    std::string sentence; // "since 02:23:40: 4 became idle, 1 became unknown, 2 new"
};

StatusChanges changes_between(const StatusLook& before, const StatusLook& now);

} // namespace snow_white::report
