// Shows a run on a terminal as a screen that is redrawn at each event and each tick. It uses the
// terminal's alternate screen while the run lasts. However the run ends, the lines that a pipe gets
// are then written to the terminal's own screen.
#pragma once

#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/terminal/progress_screen.hpp"
#include "src/report/text/text_reporter.hpp"

namespace snow_white::report {

class ProgressReporter : public Reporter {
public:
    ProgressReporter(std::FILE* out, const Clock& clock, RunInfo run_info, bool colour,
                     bool unicode = false);
    ~ProgressReporter() override;
    ProgressReporter(const ProgressReporter&) = delete;
    ProgressReporter& operator=(const ProgressReporter&) = delete;

    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;
    void tick() override;

    // A line that has its time already: one of the task's log.
    void relay(const std::string& line);
    // Closes the screen. Later lines are written at once.
    void leave();

private:
    void add(const std::string& line, const std::string& note);
    void draw();

    AlternateScreen screen_;
    bool closed_ = false;
    ProgressScreen progress_;
    std::vector<std::string> lines_; // with their times, to write when the screen closes
    ProgressThrottle throttle_;
};

} // namespace snow_white::report
