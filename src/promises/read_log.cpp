#include "src/promises/read_log.hpp"

#include "src/promises/read_event.hpp"

#include <istream>

namespace snow_white::promises {

namespace {

// As std::getline, but keeps only the first megabyte of a line: enough to refuse it.
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

// A launcher's lines for people have no time: "task arn:aws:ecs:… started by alice".
bool is_launch(const std::string& line) {
    return line.starts_with("task arn:") && line.find(":task/") != std::string::npos;
}

} // namespace

bool LogReader::begins_a_run(const Stream& stream, const Event& event) {
    if (!stream.run || stream.ended || stream.launch) return true;
    if (as<Discovered>(event) != nullptr) return stream.report || stream.matched;
    // A long report for people repeats its headline at the end.
    return as<ReportEnd>(event) != nullptr && stream.report &&
           (event.in_json || *stream.report != event.text);
}

void LogReader::take(Event event, Stream& stream) {
    if (begins_a_run(stream, event)) {
        const bool launched = stream.launch;
        stream = {.run = log_.runs.size()};
        log_.runs.push_back({.events = {}, .launched = launched});
    }
    // A run of several regions may report its fleet more than once.
    if (const auto* matched = as<Discovered>(event)) stream.matched = !matched->several;
    if (as<ReportEnd>(event) != nullptr) stream.report = event.text;
    stream.ended = as<Ended>(event) != nullptr;
    ++log_.events;
    log_.runs[*stream.run].add(std::move(event));
}

void LogReader::take(const std::string& line) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    auto read = read_line(line);
    if (!read.event) {
        ++log_.other_lines;
        if (read.unreadable) log_.unreadable.push_back(line_);
        if (!read.unreadable && !read.stream.empty()) named_stream_ = std::move(read.stream);
        if (is_launch(line)) {
            streams_[named_stream_].launch = true;
            ++log_.launches;
        }
        return;
    }
    read.event->line = line_;
    take(std::move(*read.event), streams_[read.stream.empty() ? named_stream_ : read.stream]);
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
