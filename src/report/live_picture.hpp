// A drain as a picture for a terminal. In: events, as they come; then a moment and a screen. Out: lines,
// never more than the screen has and none wider than it: ASCII, each byte a column, but for colours. Pure.
// SSM tells how many instances have finished, not which, before their results are read at the end: so there
// is one bar for all, and the picture says that it does not know the rest.
#pragma once

#include "src/drain/state.hpp"
#include "src/report/summary.hpp"

#include <string>
#include <vector>

namespace snow_white::report {

struct Screen {
    std::size_t width = 80;
    std::size_t height = 24;
    bool colour = false;
};

class LivePicture {
public:
    LivePicture(Subject subject, drain::Action action, Instant begun);

    void take(const drain::Event& event, Instant at);
    void note(const std::string& words, Instant at);

    std::vector<std::string> draw(Instant now, const Screen& screen) const;

private:
    std::string bar(const Screen& screen) const;
    std::string count_sentence() const;
    std::string time_sentence(Instant now) const;
    std::vector<std::string> environment_lines(std::size_t room) const;

    Subject subject_;
    drain::Action action_;
    Instant begun_;
    drain::Matched matched_;
    drain::Advanced advanced_{drain::Errand::act};
    bool started_ = false;
    std::vector<std::string> notes_; // the oldest first
};

} // namespace snow_white::report
