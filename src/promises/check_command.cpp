#include "src/promises/check_command.hpp"

#include "src/base/output.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/promises/read_log.hpp"
#include "src/promises/rules.hpp"
#include "src/report/text/summary.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <istream>

namespace snow_white::promises {

namespace {

// Of an event's text and of what is wrong with it, in one line of output; in columns.
constexpr std::size_t longest_event = 200;

// The end of --help.
std::string notes() {
    std::string text = "What a log shows of the promises of docs/design.md:\n";
    for (const auto& one : visible_promises())
        text += fmt::format("  {:<5} {}\n", fmt::format("({})", one.promise),
                            (one.shown ? "yes: " : "no:  ") + std::string(one.why));
    return text + "\nExit codes: 0 all of them are kept, 1 one is broken, 2 bad input.";
}

bool is_only_launch(const LogFile& log) {
    return log.launches > 0 || std::ranges::any_of(log.runs, &RunLog::is_launched);
}

// The promises that another log may show.
std::string not_checked(const std::vector<std::string>& shown) {
    std::vector<std::string> others;
    for (const auto& one : visible_promises())
        if (one.shown && one.promise != "c" && std::ranges::find(shown, one.promise) == shown.end())
            others.push_back(fmt::format("({})", one.promise));
    return others.empty() ? "" : fmt::format("; not judged: {}", fmt::join(others, " "));
}

// Checks one log after the other, and keeps the worst exit code. A log's name is printed, too, and
// may have any bytes.
class Checker {
public:
    Checker(std::FILE* out, std::FILE* err) : out_(out), err_(err) {}

    CheckCode code() const { return code_; }

    void refuse(const std::string& what) {
        write_line(err_, "snow-white-check: " + printable(what));
        code_ = CheckCode::usage;
    }

    void check(const std::string& name, std::istream& in) {
        LogFile log;
        try {
            log = read_log(in);
        } catch (const std::ios_base::failure&) { // it is a directory, for example
            return refuse(name + ": it cannot be read; name a file, or -");
        }
        // Without that event the others may seem to break a promise.
        if (!log.unreadable.empty())
            return refuse(
                fmt::format("{}:{}: an event that cannot be read{}; nothing is judged", name,
                            log.unreadable.front(),
                            log.unreadable.size() == 1
                                ? ""
                                : fmt::format(", and {} more", log.unreadable.size() - 1)));
        std::vector<std::string> shown;
        std::size_t broken = 0;
        std::size_t left = 0;
        for (const auto& run : log.runs) {
            for (auto& promise : checked_promises(run))
                if (std::ranges::find(shown, promise) == shown.end())
                    shown.push_back(std::move(promise));
            if (run.is_drain() && run.launcher_stopped_watching()) ++left;
            for (const auto& breach : find_breaches(run)) {
                print(name, breach);
                ++broken;
            }
        }
        if (shown.empty() && is_only_launch(log))
            return refuse(name + ": only a launch: check the task's log");
        if (shown.empty())
            return refuse(fmt::format(
                "{}: no run of a quiet, a wake or a stop in its {} lines; give it what --json "
                "prints, or the log of a task",
                name, log.events + log.other_lines));
        std::ranges::sort(shown, {},
                          [](const std::string& one) { return std::pair(one.size(), one); });
        write_line(
            out_, fmt::format(
                      "{}: {}, {}, {}: {} broken; judged: ({}){}{}", printable(name),
                      pluralize(log.runs.size(), "run"), pluralize(log.events, "event"),
                      pluralize(log.other_lines, "other line"), pluralize(broken, "promise"),
                      fmt::join(shown, ") ("), not_checked(shown),
                      left == 0 ? "" : "; a launcher stopped watching: check the log of its task"));
        if (broken > 0 && code_ == CheckCode::kept) code_ = CheckCode::broken;
    }

private:
    void print(const std::string& name, const Breach& breach) const {
        if (breach.event == nullptr) return; // the log is empty
        write_line(out_, fmt::format("{}:{}: ({}) {}: {}: {}", printable(name), breach.event->line,
                                     breach.promise, iso_time(breach.event->at),
                                     truncate_ascii(breach.what, longest_event),
                                     truncate_ascii(breach.event->text, longest_event)));
    }

    std::FILE* out_;
    std::FILE* err_;
    CheckCode code_ = CheckCode::kept;
};

CheckCode answer(const std::vector<std::string>& arguments, std::istream& in, std::FILE* out,
                 std::FILE* err) {
    CLI::App app{"Holds the log of a run of snow-white against its promises.", "snow-white-check"};
    std::vector<std::string> logs;
    app.add_option("LOG", logs, "What --json has printed, or the log of a task; -: standard input");
    app.footer(notes());
    Checker checker(out, err);
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        write_text(out, app.help());
        return CheckCode::kept;
    } catch (const CLI::ParseError& wrong) {
        checker.refuse(fmt::format("{}; usage: snow-white-check LOG...", wrong.what()));
        return checker.code();
    }
    if (logs.empty()) checker.refuse("LOG is required; usage: snow-white-check LOG...");
    for (const auto& log : logs) {
        if (log == "-") {
            checker.check("standard input", in);
            continue;
        }
        std::ifstream file(log, std::ios::binary);
        if (file.is_open())
            checker.check(log, file);
        else
            checker.refuse(fmt::format("{}: {}; name a file that can be read, or -", log,
                                       std::strerror(errno)));
    }
    return checker.code();
}

} // namespace

// Output that cannot be written is an error, whatever it says.
CheckCode check(const std::vector<std::string>& arguments, std::istream& in, std::FILE* out,
                std::FILE* err) {
    const CheckCode code = answer(arguments, in, out, err);
    if (std::fflush(out) == 0 && std::ferror(out) == 0) return code;
    write_line(err,
               "snow-white-check: its answer cannot be written; give it an output that takes it");
    return CheckCode::usage;
}

} // namespace snow_white::promises
