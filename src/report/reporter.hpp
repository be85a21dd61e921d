// What shows the events of a run on the machine where the monitor runs: text lines, JSON lines, or
// a screen that is redrawn.
#pragma once

#include "src/drain/model/event.hpp"

#include <string>

namespace snow_white::report {

class Reporter {
public:
    virtual ~Reporter() = default;

    virtual void handle(const drain::Event& event) = 0;
    // A line that is no event of the run, for example that Slack does not answer.
    virtual void write(const std::string& line) = 0;
    // Called at intervals while nothing happens.
    virtual void tick() {}
};

} // namespace snow_white::report
