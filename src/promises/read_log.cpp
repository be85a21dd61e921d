#include "src/promises/read_log.hpp"

#include "src/promises/read_event.hpp"

#include <istream>
#include <utility>

namespace snow_white::promises {

namespace {

// As std::getline, but of a line without an end the first megabyte is kept: that is enough to refuse it.
bool next_line(std::istream& in, std::string& line) {
    line.clear();
    auto* bytes = in.rdbuf();
    constexpr int end = std::istream::traits_type::eof();
    int byte = bytes->sbumpc();
    if (byte == end) return false;
    for (; byte != end && byte != '\n'; byte = bytes->sbumpc())
        if (line.size() <= longest_line) line += static_cast<char>(byte);
    return true;
}

// What a launcher says to people has no time: "task arn:aws:ecs:… started by alice".
bool is_launch(const std::string& line) {
    return line.starts_with("task arn:") && line.find(":task/") != std::string::npos;
}

} // namespace

bool LogReader::begins_a_run(const Event& event) const {
    if (log_.runs.empty() || ended_ || launch_) return true;
    if (as<Matched>(event) != nullptr) return report_ || matched_;
    // A long report for people has its headline at the end once more.
    return as<ReportEnd>(event) != nullptr && report_ && (event.in_json || *report_ != event.text);
}

void LogReader::take(Event event) {
    if (begins_a_run(event)) {
        log_.runs.push_back({.events = {}, .launched = std::exchange(launch_, false)});
        matched_ = ended_ = false;
        report_.reset();
    }
    // A run in several regions tells it more than once.
    if (const auto* matched = as<Matched>(event)) matched_ = !matched->several;
    if (as<ReportEnd>(event) != nullptr) report_ = event.text;
    ended_ = as<Ended>(event) != nullptr;
    ++log_.events;
    log_.runs.back().add(std::move(event));
}

void LogReader::take(const std::string& line) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    auto event = read_event(line);
    if (!event) {
        ++log_.other_lines;
        if (is_launch(line)) {
            launch_ = true;
            ++log_.launches;
        }
        return;
    }
    event->line = line_;
    take(std::move(*event));
}

LogFile LogReader::result() && {
    return std::move(log_);
}

LogFile read_log(std::istream& in) {
    LogReader reader;
    for (std::string line; next_line(in, line);)
        reader.take(line);
    return std::move(reader).result();
}

} // namespace snow_white::promises
