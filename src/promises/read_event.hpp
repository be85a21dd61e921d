// A line of a log as an event. In: one line, any bytes, as the program has written it (an object of
// --json, or its time and words), as `aws logs tail` prints it (their time and the stream before
// it), or as a message of the document that `aws logs get-log-events` prints. Out: none for a line
// that is no event of ours.
#pragma once

#include "src/promises/run_log.hpp"

#include <optional>
#include <string>

namespace snow_white::promises {

// What is longer has been cut, or is no line of ours: a container's log cuts at 16 KB.
inline constexpr std::size_t longest_line = 1 << 20;

struct LogLine {
    std::string stream =
        {}; // of CloudWatch, where the line tells it: a task writes into one of its own
    std::optional<Event> event = {};
    bool unreadable = false; // an event of ours, and it is not as the program writes it
};

LogLine read_line(const std::string& line);
std::optional<Event> read_event(const std::string& line);

// The two forms, without what others have put before them.
std::optional<Event> read_json(const std::string& object);
// It means to be an event that the promises speak of.
bool claims_to_be_event(const std::string& object);
std::optional<Event> read_words(const std::string& line);

} // namespace snow_white::promises
