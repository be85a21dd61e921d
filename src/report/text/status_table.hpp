// What each worker does now, as a table. In: who is there, and what each instance has answered.
// Out: whoever is not known to be there is not in it; whoever has not told is in it, as unknown.
// Pure.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/fleet/model/snapshot.hpp"
#include "src/report/text/summary.hpp"

namespace snow_white::report {

struct InstanceStatus {
    fleet::Instance instance;
    bool told = false;
    std::string why_not;   // for people; empty when it has told
    std::string host = {}; // its hostname; empty: not known
    std::vector<drain::RunningScript> scripts = {};
    std::vector<drain::Worker> workers = {};
};

// Sorted by environment and id. Instances that answered and are in no look are there, too.
std::vector<InstanceStatus> statuses_of(const fleet::FleetSnapshot& fleet,
                                        const std::vector<drain::InvocationResult>& answers);

// A heading, and a line for each worker; columns are as wide as what is in them.
std::vector<std::string> status_table(const std::vector<InstanceStatus>& statuses);
// "3 workers on 3 instances: 2 running, 1 idle; 4 jobs running; a quiet still runs on 2; unknown: 1
// instance"
std::string status_sentence(const std::vector<InstanceStatus>& statuses);

// Nothing runs there, or it has told.
bool is_known(const InstanceStatus& status);

} // namespace snow_white::report
