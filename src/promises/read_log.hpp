// A log as the runs that it holds. In: lines, any bytes. Out: a run for each drain, launch or other command;
// one begins where the one before has ended (`ended`), or where a drain tells anew whom it concerns.
#pragma once

#include "src/promises/run_log.hpp"

#include <iosfwd>
#include <optional>

namespace snow_white::promises {

struct LogFile {
    std::vector<RunLog> runs;
    std::size_t events = 0;
    std::size_t other_lines = 0; // that are no event of ours
    std::size_t launches = 0;    // that are told to people
};

class LogReader {
public:
    void take(const std::string& line);
    void take(Event event);
    LogFile result() &&;

private:
    bool begins_a_run(const Event& event) const;

    LogFile log_;
    std::size_t line_ = 0;
    bool matched_ = false; // the last run has told whom it concerns, in one place
    bool ended_ = false;
    std::optional<std::string> report_; // its headline
    bool launch_ = false;               // a launcher tells the next run
};

LogFile read_log(std::istream& in);

} // namespace snow_white::promises
