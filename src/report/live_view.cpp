#include "src/report/live_view.hpp"

#include "src/report/printable.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace snow_white::report {

namespace {

constexpr const char* enter = "\x1b[?1049h\x1b[?25l";
constexpr const char* restore = "\x1b[?25h\x1b[?1049l";
constexpr const char* rest_of_line = "\x1b[K";
constexpr const char* rest_of_screen = "\x1b[J";

Screen screen_of(std::FILE* out, bool colour) {
    Screen screen{.colour = colour};
    winsize size{};
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen.width = size.ws_col;
        screen.height = size.ws_row;
    }
    return screen;
}

// At once, past the buffer, which would break a frame at its lines. A terminal that is gone is no failure.
void write_whole(std::FILE* out, const std::string& text) {
    std::fflush(out);
    for (std::size_t done = 0; done < text.size();) {
        const auto written = write(fileno(out), text.data() + done, text.size() - done);
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
}

} // namespace

bool can_draw(std::FILE* out, const std::string& kind) {
    return isatty(fileno(out)) == 1 && !kind.empty() && kind != "dumb";
}

LiveView::LiveView(std::FILE* out, const Clock& clock, Subject subject, drain::Action action, bool colour)
    : out_(out), clock_(clock), colour_(colour), picture_(subject, action, clock.now()),
      subject_(std::move(subject)), action_(action) {}

LiveView::~LiveView() {
    leave();
}

void LiveView::tell(const drain::Event& event) {
    const Instant now = clock_.now();
    if (const auto* standing = std::get_if<drain::Standing>(&event)) picture_.take(*standing);
    if (const auto* noted = std::get_if<drain::Noted>(&event)) picture_.note(noted->what, now);
    for (const auto& line : lines_of(event, subject_, action_))
        told_.push_back(stamped(line, now));
    if (std::holds_alternative<drain::Report>(event))
        leave();
    else
        draw();
}

void LiveView::say(const std::string& line) {
    const Instant now = clock_.now();
    told_.push_back(stamped(line, now));
    if (over_) return leave();
    picture_.note(line, now);
    draw();
}

void LiveView::relay(const std::string& line) {
    told_.push_back(printable(line));
    if (over_) return leave();
    picture_.note(without_time(line), clock_.now());
    draw();
}

void LiveView::tick() {
    if (drawing_) draw();
}

void LiveView::draw() {
    Screen screen = screen_of(out_, colour_);
    --screen.width; // a full line would leave the cursor on what it wrote last
    const auto lines = picture_.draw(clock_.now(), screen);
    std::string frame = drawing_ ? "" : enter;
    drawing_ = true;
    for (std::size_t row = 0; row < lines.size(); ++row)
        frame += fmt::format("\x1b[{};1H{}{}", row + 1, lines[row], rest_of_line);
    if (lines.size() < screen.height) frame += fmt::format("\x1b[{};1H{}", lines.size() + 1, rest_of_screen);
    write_whole(out_, frame);
}

void LiveView::leave() {
    std::string text = drawing_ ? restore : "";
    drawing_ = false;
    over_ = true;
    for (const auto& line : told_)
        text += line + "\n";
    told_.clear();
    write_whole(out_, text);
}

} // namespace snow_white::report
