// The progress of a run as JSON lines in the log of its Fargate task: the terminal that follows the
// task (cli/commands/follow_task) reads them there.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"
#include "src/report/text/text_reporter.hpp"

#include <optional>

namespace snow_white::report {

// Writes what a TextReporter writes, and a JSON line for each progress snapshot.
class TaskLogReporter : public TextReporter {
public:
    using TextReporter::TextReporter;
    void handle(const drain::Event& event) override;
};

// The snapshot in a line of a task's log; none for any other line, and for a snapshot that is not
// valid.
std::optional<drain::ProgressSnapshot> parse_snapshot(const std::string& line);

} // namespace snow_white::report
