// Splits a log into runs. In: lines, any bytes. Out: a run for each drain, launch or other command.
// One begins after the end of the previous one (`ended`), or where a drain reports its fleet again.
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
    std::size_t other_lines = 0; // that are not the program's
    std::size_t launches = 0;    // in lines for people
    // Numbers of lines with events that are not as the program writes them.
    std::vector<std::size_t> unreadable = {};
};

// Several tasks may write at the same time, each into its own log stream.
class LogReader {
public:
    void take(const std::string& line);
    LogFile result() &&;

private:
    struct Stream {
        std::optional<std::size_t> run; // of log_.runs: the last one
        bool matched = false;           // it has reported its fleet, in a run of one region
        bool ended = false;
        std::optional<std::string> report = {}; // its headline
        bool launch = false;                    // a launcher starts the next run
    };
    static bool begins_a_run(const Stream& stream, const Event& event);
    void take(Event event, Stream& stream);

    LogFile log_;
    std::size_t line_ = 0;
    std::map<std::string, Stream> streams_;
    std::string named_stream_; // a JSON document names it in a line before the event
};

LogFile read_log(std::istream& in);

} // namespace snow_white::promises
