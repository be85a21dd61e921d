// Events as plain lines with a time, for a pipe, a log or a terminal: one line an event, on change
// only.
#pragma once

#include "src/report/reporter.hpp"
#include "src/report/text/summary.hpp"

#include <cstdio>
#include <optional>

namespace snow_white::report {

// What there is to say of an event: any number of lines.
std::vector<std::string> lines_of(const drain::Event& event, const RunInfo& run_info,
                                  drain::Action action);

// Not each end among thousands has a line: each hundredth of the fleet that has finished has one,
// the whole, and the first in a while.
class ProgressThrottle {
public:
    // `elapsed` as Clock::elapsed() tells it.
    bool have_a_line(const drain::Event& event, Duration elapsed);

private:
    std::optional<Duration> told_at_;
    int completed_ = 0; // by the last line
    int targeted_ = 0;
};

// With its time, UTC, in front; fit for a terminal.
std::string stamped(const std::string& line, Instant at);
// The line without the time in front of it, if it has one.
std::string without_time(const std::string& line);

class TextReporter : public Reporter {
public:
    // Writes to `out` and flushes after each line.
    TextReporter(std::FILE* out, const Clock& clock, RunInfo run_info, drain::Action action);

    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;

protected:
    std::FILE* out_;
    const Clock& clock_;
    RunInfo run_info_;
    drain::Action action_;

private:
    ProgressThrottle advances_;
};

} // namespace snow_white::report
