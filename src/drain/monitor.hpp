// The loop that carries out what next() wants, call by call, and hands it what was seen, for one place or for
// several that are one run. It decides nothing but who is asked first. Any moment of it may be its last: all
// that matters is in AWS.
#pragma once

#include "src/drain/assignment.hpp"
#include "src/drain/state.hpp"

namespace snow_white::drain {

// A drain of one place: a region, as one account sees it.
struct Post {
    std::string place; // its name in what is told; empty in a run of one
    aws::Client& client;
    const Assignment& assignment;
    Foresight foresight;
};

using Tell = std::function<void(const Event&)>;

// Runs to the end; the report is told as the last event. Of several places none ends as done before all of
// them are so at one moment (drain/meeting). What they want at the same time is asked at the same time; where
// one's AWS is slow to answer the others' next questions wait for it.
Verdict run(std::vector<Post> posts, Clock& clock, Plan plan, const Tell& tell);

// One sweep and nothing else, for `-a status`: the status document to all of the environments, until each
// instance whose agent answers has told, or status_patience is over. Who has not answered by then is pending.
tl::expected<std::vector<Invocation>, Failed> ask_workers(aws::Client& client, Clock& clock,
                                                          const Assignment& assignment,
                                                          const fleet::FleetSnapshot& fleet);

} // namespace snow_white::drain
