// The picture of a drain on a terminal, drawn anew at each event and each tick. It has the
// terminal's other screen while it lasts; at the end, whatever the end is, all that was told comes
// as the lines that a pipe gets.
#pragma once

#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/terminal/progress_screen.hpp"
#include "src/report/text/text_reporter.hpp"

namespace snow_white::report {

class ProgressReporter : public Reporter {
public:
    ProgressReporter(std::FILE* out, const Clock& clock, RunInfo run_info, drain::Action action,
                     bool colour);
    ~ProgressReporter() override;
    ProgressReporter(const ProgressReporter&) = delete;
    ProgressReporter& operator=(const ProgressReporter&) = delete;

    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;
    void tick() override;

    // A line that has its time already, of a drain that is watched from elsewhere.
    void relay(const std::string& line);
    // Ends the picture: what is said from now on comes at once.
    void leave();

private:
    void draw();

    const Clock& clock_;
    AlternateScreen screen_;
    bool over_ = false;
    ProgressScreen picture_;
    std::vector<std::string> told_; // with their times, for the end
    RunInfo run_info_;
    drain::Action action_;
    ProgressThrottle advances_;
};

} // namespace snow_white::report
