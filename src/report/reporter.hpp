// Who is told of a drain where it is watched: as lines, as JSON, as a picture that is drawn anew.
#pragma once

#include "src/drain/model/event.hpp"

#include <string>

namespace snow_white::report {

class Reporter {
public:
    virtual ~Reporter() = default;

    virtual void handle(const drain::Event& event) = 0;
    // What is no event of the drain's: that Slack does not answer.
    virtual void write(const std::string& line) = 0;
    // Time has passed.
    virtual void tick() {}
};

} // namespace snow_white::report
