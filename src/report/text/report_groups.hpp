// A report of thousands of instances, folded so that it fits a message: a row an environment, and
// who is not as asked in groups of one outcome and one environment. Pure. Nothing is left out here:
// the reader decides how much of it is shown, and can say how much is not.
#pragma once

#include "src/drain/model/report.hpp"

#include <string>
#include <vector>

namespace snow_white::report {

struct EnvironmentRow {
    std::string name; // empty: the environment is not known
    std::size_t instances = 0;
    std::size_t as_asked = 0;
    std::size_t gone = 0; // of them: terminated or stopped in EC2, nothing runs there
    int jobs = 0;         // still running on those that are not as asked

    std::size_t not_as_asked() const { return instances - as_asked - gone; }
};

// Those with the most that is not as asked first, then by name; an environment without instances
// has a row too.
std::vector<EnvironmentRow> by_environment(const drain::Report& report);

struct Group {
    drain::Outcome outcome = drain::Outcome::pending;
    std::vector<drain::InstanceResult> instances;
};

// Of those that are not as asked. Whoever may still run a job comes first, whoever is gone last;
// then the larger group.
std::vector<Group> by_outcome(const drain::Report& report);

struct EnvironmentPart {
    std::string name; // empty: the environment is not known
    std::size_t instances = 0;
    std::string example; // one of their ids
};

// The largest first, then by name.
std::vector<EnvironmentPart> parts_of(const Group& group);

} // namespace snow_white::report
