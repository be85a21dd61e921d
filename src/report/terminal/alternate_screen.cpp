#include "src/report/terminal/alternate_screen.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace snow_white::report {

namespace {

constexpr const char* enter = "\x1b[?1049h\x1b[?25l";
constexpr const char* restore = "\x1b[?25h\x1b[?1049l";
constexpr const char* rest_of_line = "\x1b[K";
constexpr const char* rest_of_screen = "\x1b[J";

// Unbuffered, since stdio would split a frame at its lines. A closed terminal is not an error.
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

Screen AlternateScreen::size() const {
    Screen screen{.colour = colour_, .unicode = unicode_};
    winsize size{};
    if (ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen.width = size.ws_col;
        screen.height = size.ws_row;
    }
    --screen.width;
    return screen;
}

void AlternateScreen::draw(const std::vector<std::string>& lines) {
    const std::size_t rows = std::min(lines.size(), size().height);
    std::string frame = drawn_ ? "" : enter;
    drawn_ = true;
    for (std::size_t row = 0; row < rows; ++row)
        frame += fmt::format("\x1b[{};1H{}{}", row + 1, lines[row], rest_of_line);
    if (rows < size().height) frame += fmt::format("\x1b[{};1H{}", rows + 1, rest_of_screen);
    write_whole(out_, frame);
}

void AlternateScreen::leave(const std::vector<std::string>& lines) {
    std::string text = drawn_ ? restore : "";
    drawn_ = false;
    for (const auto& line : lines)
        text += line + "\n";
    write_whole(out_, text);
}

} // namespace snow_white::report
