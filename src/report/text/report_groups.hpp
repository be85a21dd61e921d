// A report of thousands of instances, grouped so that it fits a message: a row for each
// environment, and the instances where the action did not succeed, grouped by outcome, by reason
// and by environment. Pure. Nothing is left out here: the caller decides how much it shows, and can
// say how much it does not.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"

namespace snow_white::report {

struct EnvironmentRow : drain::EnvironmentProgress {
    int jobs = 0; // still running on its instances that are not as asked
};

// The environments with the most instances that are not as asked come first, then by name. An
// environment without instances has a row too.
std::vector<EnvironmentRow> by_environment(const drain::Report& report);

struct Group {
    drain::Outcome outcome = drain::Outcome::pending;
    std::string reason; // the note that all of them have; empty: none, or not the same
    std::vector<drain::InstanceResult> instances;
};

// The instances that are not as asked. Of each outcome, the three notes that most instances share
// have a group each; all others are one more group. Outcomes that may leave a job running come
// first, instances that are gone last; otherwise the larger group comes first.
std::vector<Group> by_outcome(const drain::Report& report);

struct EnvironmentPart {
    std::string name; // empty: the environment is not known
    std::size_t instances = 0;
    std::string example; // the id of one of them
};

// The largest first, then by name.
std::vector<EnvironmentPart> parts_of(const Group& group);

} // namespace snow_white::report
