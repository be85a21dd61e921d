#include "src/report/terminal/progress_reporter.hpp"

#include "src/base/printable.hpp"

namespace snow_white::report {

ProgressReporter::ProgressReporter(std::FILE* out, const Clock& clock, RunInfo run_info,
                                   bool colour, bool unicode)
    : Reporter(out, clock, std::move(run_info)), screen_(out, colour, unicode),
      progress_(run_info_, clock.now()) {}

ProgressReporter::~ProgressReporter() {
    leave();
}

void ProgressReporter::handle(const drain::Event& event) {
    const Instant now = clock_.now();
    if (const auto* snapshot = std::get_if<drain::ProgressSnapshot>(&event))
        progress_.take(*snapshot);
    if (const auto* notice = std::get_if<drain::Notice>(&event)) progress_.note(notice->what, now);
    if (throttle_.allows_line(event, clock_.elapsed()))
        for (const auto& line : lines_of(event, run_info_))
            lines_.push_back(with_time(line, now));
    if (std::holds_alternative<drain::Report>(event))
        leave();
    else
        draw();
}

void ProgressReporter::write(const std::string& line) {
    add(with_time(line, clock_.now()), line);
}

// The screen has the counts of finished instances already, and they are newer than the log's.
void ProgressReporter::relay(const std::string& line) {
    const bool is_count =
        line.ends_with(" instances finished") || line.ends_with(" instance finished");
    add(printable(line), is_count ? "" : without_time(line));
}

void ProgressReporter::add(const std::string& line, const std::string& note) {
    lines_.push_back(line);
    if (closed_) return leave();
    if (!note.empty()) progress_.note(note, clock_.now());
    draw();
}

void ProgressReporter::tick() {
    if (screen_.is_drawn()) draw();
}

void ProgressReporter::draw() {
    screen_.draw(progress_.draw(clock_.now(), screen_.size()));
}

void ProgressReporter::leave() {
    closed_ = true;
    screen_.leave(lines_);
    lines_.clear();
}

} // namespace snow_white::report
