// Reporter: what shows a run on the machine where the monitor runs. TextReporter: the events of a
// run as lines of text with a time, for a pipe, a log or a terminal. An event that changes nothing
// has no line.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/report/text/summary.hpp"

#include <cstdio>
#include <optional>

namespace snow_white::report {

// The lines of an event; none for one that has nothing to say.
std::vector<std::string> lines_of(const drain::Event& event, const RunInfo& run_info);

// Limits the lines about progress: one for each further hundredth of the fleet that has finished,
// one when all have, and one a minute if anything changed.
class ProgressThrottle {
public:
    // `elapsed`: Clock::elapsed()
    bool allows_line(const drain::Event& event, Duration elapsed);

private:
    std::optional<Duration> last_line_;
    int completed_ = 0; // as the last line says
    int targeted_ = 0;
};

// The line after its time in UTC, without control characters.
std::string with_time(const std::string& line, Instant at);
// The line without the time that with_time() adds; unchanged if it has none.
std::string without_time(const std::string& line);

// Shows the events of a run: as lines, as JSON lines, or as a screen that is redrawn.
class Reporter {
public:
    Reporter(std::FILE* out, const Clock& clock, RunInfo run_info);
    virtual ~Reporter() = default;

    virtual void handle(const drain::Event& event) = 0;
    // A line that is no event of the run, for example that Slack does not answer.
    virtual void write(const std::string& line) = 0;
    // Called at intervals while nothing happens.
    virtual void tick() {}

protected:
    std::FILE* out_;
    const Clock& clock_;
    RunInfo run_info_;
};

// Flushes `out` after each line.
class TextReporter : public Reporter {
public:
    using Reporter::Reporter;
    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;

private:
    ProgressThrottle throttle_;
};

} // namespace snow_white::report
