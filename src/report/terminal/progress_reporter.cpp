#include "src/report/terminal/progress_reporter.hpp"

#include "src/base/printable.hpp"

namespace snow_white::report {

ProgressReporter::ProgressReporter(std::FILE* out, const Clock& clock, RunInfo run_info,
                                   drain::Action action, bool colour)
    : clock_(clock), screen_(out, colour), picture_(run_info, action, clock.now()),
      run_info_(std::move(run_info)), action_(action) {}

ProgressReporter::~ProgressReporter() {
    leave();
}

void ProgressReporter::handle(const drain::Event& event) {
    const Instant now = clock_.now();
    if (const auto* standing = std::get_if<drain::ProgressSnapshot>(&event))
        picture_.take(*standing);
    if (const auto* noted = std::get_if<drain::Notice>(&event)) picture_.note(noted->what, now);
    if (advances_.have_a_line(event, clock_.elapsed()))
        for (const auto& line : lines_of(event, run_info_, action_))
            told_.push_back(stamped(line, now));
    if (std::holds_alternative<drain::Report>(event))
        leave();
    else
        draw();
}

void ProgressReporter::write(const std::string& line) {
    const Instant now = clock_.now();
    told_.push_back(stamped(line, now));
    if (over_) return leave();
    picture_.note(line, now);
    draw();
}

void ProgressReporter::relay(const std::string& line) {
    told_.push_back(printable(line));
    if (over_) return leave();
    picture_.note(without_time(line), clock_.now());
    draw();
}

void ProgressReporter::tick() {
    if (screen_.is_drawn()) draw();
}

void ProgressReporter::draw() {
    screen_.draw(picture_.draw(clock_.now(), screen_.size()));
}

void ProgressReporter::leave() {
    over_ = true;
    screen_.leave(told_);
    told_.clear();
}

} // namespace snow_white::report
