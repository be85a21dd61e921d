// A terminal's other screen, for what is drawn anew in place: a resize spoils nothing, and at the
// end, whatever the end is, the terminal has its own screen and its cursor back. Each picture is
// one write, over the one before it: nothing flickers. Source of the sequences: "XTerm Control
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
};

// `out` is a terminal, and one that can move its cursor. `kind`: what TERM says.
bool can_draw(std::FILE* out, const std::string& kind);

class AlternateScreen {
public:
    AlternateScreen(std::FILE* out, bool colour) : out_(out), colour_(colour) {}
    ~AlternateScreen() { leave({}); }
    AlternateScreen(const AlternateScreen&) = delete;
    AlternateScreen& operator=(const AlternateScreen&) = delete;

    // As it is now; a column less than there are, since a full line would leave the cursor on what
    // it wrote last.
    Screen size() const;

    // Lines that fit it.
    void draw(const std::vector<std::string>& lines);
    bool is_drawn() const { return drawn_; }

    // Gives the terminal back, and writes these lines to its own screen, however long they are.
    void leave(const std::vector<std::string>& lines);

private:
    std::FILE* out_;
    bool colour_;
    bool drawn_ = false;
};

} // namespace snow_white::report
