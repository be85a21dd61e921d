// A screen of --watch: on a terminal it is drawn in place, elsewhere the looks are printed one
// below the other. `Content`: draw(Screen) gives the lines that fit, whole(width) all of them,
// changes() a sentence or nothing.
#pragma once

#include "src/base/printable.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/report/terminal/alternate_screen.hpp"

namespace snow_white::cli {

template <class Content> class WatchedScreen {
public:
    // `context` outlives it.
    WatchedScreen(Content content, Context& context)
        : content_(std::move(content)), context_(context), drawn_(can_be_drawn_on(context)),
          terminal_(context.out, context.environment.get("NO_COLOR").empty()) {}

    // Shows the look of `at`, which the content has taken. `print`: prints it, where nothing can be
    // drawn.
    template <class Print> void show(Instant at, Print print) {
        if (drawn_) return draw();
        if (!context_.json) print_line(context_, iso_time(at));
        print();
        if (!context_.json && !content_.changes().empty()) print_line(context_, content_.changes());
    }

    // The previous look stays on the screen, with the failure that the content has taken.
    void show_failure(const std::string& why) {
        if (drawn_) return draw();
        print_error(context_, why);
    }

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] {
            if (terminal_.is_drawn()) draw(); // the window may have another size
        });
        ticking.wait(duration);
    }

    // Ends the alternate screen, and prints the latest look below the command.
    void leave() {
        if (!terminal_.is_drawn()) return;
        std::vector<std::string> lines;
        for (const auto& line : content_.whole(terminal_.size().width))
            lines.push_back(printable(line));
        terminal_.leave(lines);
    }

    Content& content() { return content_; }

private:
    void draw() { terminal_.draw(content_.draw(terminal_.size())); }

    Content content_;
    Context& context_;
    bool drawn_;
    report::AlternateScreen terminal_;
};

} // namespace snow_white::cli
