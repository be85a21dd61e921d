// Reads one line of a log. In: any bytes: the line as the program has written it (an object of
// --json, or a time and text), as `aws logs tail` prints it (with a time and the stream before it),
// or as a message in the JSON of `aws logs get-log-events`. Out: the event; none for a line that is
// not the program's.
#pragma once

#include "src/promises/run_log.hpp"

#include <optional>
#include <string>

namespace snow_white::promises {

// In bytes. A longer line was cut or is not ours: a container's log cuts at 16 KB.
inline constexpr std::size_t longest_line = 1 << 20;

struct LogLine {
    std::string stream = {}; // CloudWatch's log stream, one for each task; empty: not named
    std::optional<Event> event = {};
    bool unreadable = false; // an event of ours that is not as the program writes it
};

LogLine read_line(const std::string& line);
std::optional<Event> read_event(const std::string& line);

// The two forms, without what the AWS CLI puts before them.
std::optional<Event> read_json(const std::string& object);
// It begins as an event that the promises are about.
bool claims_to_be_event(const std::string& object);
std::optional<Event> read_words(const std::string& line);

} // namespace snow_white::promises
