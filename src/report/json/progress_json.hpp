// How far a drain is, as JSON lines among the lines of a task's log: the terminal that follows the
// task (cli/commands/follow_task) reads them there.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"
#include "src/report/text/text_reporter.hpp"

#include <optional>

namespace snow_white::report {

// The lines that a TextReporter writes, and the snapshots of a run that somebody follows.
class TaskLogReporter : public TextReporter {
public:
    using TextReporter::TextReporter;
    void handle(const drain::Event& event) override;
};

// A line of a task's log that says where its drain stands, as --json has it; none for any other
// line.
std::optional<drain::ProgressSnapshot> parse_standing(const std::string& line);

} // namespace snow_white::report
