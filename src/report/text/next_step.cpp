#include "src/report/text/summary.hpp"

#include "src/drain/model/pods.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

using drain::Action;
using drain::Report;
using drain::Verdict;

// After a cancelled run quiet workers stay quiet: they do not take jobs again by themselves.
NextStep after_cancel(const Report& report, const RunInfo& run_info) {
    if (report.action == Action::wake)
        return {"some may still take no jobs; to wake them all the same",
                command_line(Action::wake, run_info)};
    return {fmt::format("what is {} already stays so; to let it take jobs again",
                        report.action == Action::stop ? "quiet or stopped" : "quiet"),
            command_line(Action::wake, run_info)};
}

// Running the same command again would not help.
NextStep after_pods(const Report& report) {
    return {fmt::format("{}: {}; the next run leaves {} out with --exclude",
                        fmt::join(report.on_pods, ", "), drain::advice_for_pods(report.action),
                        report.on_pods.size() == 1 ? "it" : "them"),
            ""};
}

NextStep after_partial(const Report& report, const std::string& again) {
    const bool names_some = std::ranges::any_of(
        report.instances, [](const auto& one) { return !is_success(one.outcome); });
    if (!names_some && !report.on_pods.empty()) return after_pods(report);
    return {names_some ? "look at the instances named above, then"
                       : "what could not be checked is named above; then",
            again};
}

} // namespace

std::string command_line(Action action, const RunInfo& run_info) {
    // A task acts for one profile only.
    const bool several_profiles = run_info.profile.find(',') != std::string::npos;
    return fmt::format(
        "snow-white.sh -a {} {}{} -p {} -r {}{}{}", name_of(action), options_for(run_info.pattern),
        run_info.profile.empty() ? "" : " -f " + shell_word(run_info.profile),
        shell_word(run_info.application), run_info.region,
        action == Action::wake && !run_info.batch.empty() ? " --batch " + run_info.batch : "",
        several_profiles ? " --here" : "");
}

NextStep next_step(const Report& report, const RunInfo& run_info) {
    const std::string again = command_line(report.action, run_info);
    switch (report.verdict) {
    case Verdict::done:
        if (report.action == Action::wake) return {};
        return {"when your work is done, wake them", command_line(Action::wake, run_info)};
    case Verdict::partial:
        return after_partial(report, again);
    case Verdict::nothing_matched:
        return {"check -e (the case counts), -p and -r", ""};
    case Verdict::timed_out:
        return {report.may_have_sent
                    ? "they were left alone and go on as told; wait on with the same command"
                    : "nothing was sent; try again with the same command",
                again};
    case Verdict::cancelled:
        return after_cancel(report, run_info);
    case Verdict::interrupted:
        return {"pick it up with the same command", again};
    case Verdict::denied:
        return {"renew the credentials, or grant what is missing (docs/operations.md), then",
                again};
    case Verdict::refused:
        return {"put right what AWS says above, then", again};
    case Verdict::unavailable:
        return {report.may_have_sent ? "pick it up with the same command"
                                     : "when AWS answers again",
                again};
    }
    return {};
}

} // namespace snow_white::report
