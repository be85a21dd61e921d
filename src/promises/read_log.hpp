// A log as the runs that it holds. In: lines, any bytes. Out: a run for each drain, launch or other
// command; one begins where the one before has ended (`ended`), or where a drain tells anew whom it
// concerns.
#pragma once

#include "src/promises/run_log.hpp"

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::promises {

struct LogFile {
    std::vector<RunLog> runs;
    std::size_t events = 0;
    std::size_t other_lines = 0; // that are no event of ours
    std::size_t launches = 0;    // that are told to people
    std::vector<std::size_t> unreadable =
        {}; // lines: events that are not as the program writes them
};

// The runs of several tasks may be told at the same time, each in a stream of its own.
class LogReader {
public:
    void take(const std::string& line);
    LogFile result() &&;

private:
    struct Stream {
        std::optional<std::size_t> run; // of log_.runs: the last one
        bool matched = false;           // it has told whom it concerns, in one place
        bool ended = false;
        std::optional<std::string> report = {}; // its headline
        bool launch = false;                    // a launcher tells the next run
    };
    static bool begins_a_run(const Stream& stream, const Event& event);
    void take(Event event, Stream& stream);

    LogFile log_;
    std::size_t line_ = 0;
    std::map<std::string, Stream> streams_;
    std::string named_stream_; // a document names it in a line before the event's
};

LogFile read_log(std::istream& in);

} // namespace snow_white::promises
