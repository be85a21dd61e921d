// A terminal's alternate screen, for text that is redrawn in place. A resize spoils nothing.
// However the program ends, the terminal gets its own screen and its cursor back. Each frame is one
// write over the one before it, so nothing flickers. Source of the sequences: "XTerm Control
// Sequences" (DECSET 1049, 25; CUP; EL; ED).
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace snow_white::report {

struct Screen {
    std::size_t width = 80;
    std::size_t height = 24;
    bool colour = false;
    bool unicode = false; // block characters and the spinner's; else ASCII
};

// Whether `out` is a terminal that can move its cursor. `kind`: the value of TERM.
bool can_draw(std::FILE* out, const std::string& kind);

class AlternateScreen {
public:
    AlternateScreen(std::FILE* out, bool colour, bool unicode = false)
        : out_(out), colour_(colour), unicode_(unicode) {}
    ~AlternateScreen() { leave({}); }
    AlternateScreen(const AlternateScreen&) = delete;
    AlternateScreen& operator=(const AlternateScreen&) = delete;

    // The present size. It is one column narrower than the terminal: after a full line the cursor
    // would stand on the last character.
    Screen size() const;

    // The lines fit the size.
    void draw(const std::vector<std::string>& lines);
    bool is_drawn() const { return drawn_; }

    // Restores the terminal's own screen, and writes the lines there, whatever their length.
    void leave(const std::vector<std::string>& lines);

private:
    std::FILE* out_;
    bool colour_;
    bool unicode_;
    bool drawn_ = false;
};

} // namespace snow_white::report
