// What each worker does now, as a table. In: the fleet, and what each instance answered to the
// status document. Out: a line for each worker, and for each instance that has none or did not
// answer. An instance that did not answer is unknown, never idle. Pure.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/fleet/model/snapshot.hpp"
#include "src/report/text/summary.hpp"

namespace snow_white::report {

struct InstanceStatus {
    fleet::Instance instance;
    bool answered = false; // for all of its workers
    std::string why_not;   // a sentence; empty when it answered
    std::string host = {}; // its hostname; empty: not known
    std::vector<drain::RunningScript> scripts = {};
    std::vector<drain::Worker> workers = {};
};

// Sorted by environment and id. An instance that answered and is not in the fleet's list is added.
std::vector<InstanceStatus> statuses_of(const fleet::FleetSnapshot& fleet,
                                        const std::vector<drain::InvocationResult>& answers);

// A heading, and the lines; each column is as wide as its widest cell.
std::vector<std::string> status_table(const std::vector<InstanceStatus>& statuses);
// "3 workers on 3 instances: 2 running, 1 idle; 4 jobs running; a quiet still runs on 2; unknown: 1
// instance"
std::string status_sentence(const std::vector<InstanceStatus>& statuses);

// It answered, or EC2 says that nothing runs there.
bool is_known(const InstanceStatus& status);

} // namespace snow_white::report
