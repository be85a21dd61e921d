#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/drain/model/sidekiq_text.hpp"
#include "src/report/slack/mrkdwn.hpp"
#include "src/report/slack/start_message.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

using drain::Action;

constexpr std::size_t bar_width = 24;
constexpr std::size_t most_details = 10; // in one reply
constexpr std::size_t longest_detail = 260;

std::size_t finished(const RunProgress& run) {
    return run.advanced ? static_cast<std::size_t>(std::max(0, run.advanced->completed)) : 0;
}

// SSM's count, or before it has one EC2's.
std::size_t of_all(const RunProgress& run) {
    if (run.advanced && run.advanced->targeted > 0)
        return static_cast<std::size_t>(run.advanced->targeted);
    return run.matched.instances.value_or(0);
}

// "12 of 40 instances"
std::string count_of(const RunProgress& run) {
    return fmt::format("{} of {}", finished(run), pluralize(of_all(run), "instance"));
}

std::string bar_of(const RunProgress& run) {
    const std::size_t full =
        of_all(run) == 0 ? 0 : std::min(bar_width, finished(run) * bar_width / of_all(run));
    std::string bar;
    for (std::size_t i = 0; i < bar_width; ++i)
        bar += i < full ? "█" : "░";
    return code_block({bar + "  " + count_of(run)});
}

std::string headline_of(const RunProgress& run, Action action) {
    if (!run.advanced) return start_title(action, run.started.adopted);
    return fmt::format("{}: {} finished{}", capitalized(name_of(action)), count_of(run),
                       run.checking ? ", asking each worker" : "");
}

} // namespace

bool RunProgress::take(const drain::Event& event) {
    const auto* progress = std::get_if<drain::ProgressChanged>(&event);
    if (progress != nullptr && progress->purpose == drain::Purpose::act) {
        advanced = *progress;
        return true;
    }
    if (const auto* fleet = std::get_if<drain::FleetDiscovered>(&event)) matched = *fleet;
    if (const auto* view = std::get_if<drain::SidekiqView>(&event)) {
        sidekiq = *view;
        return true;
    }
    const auto* start = std::get_if<drain::CommandStarted>(&event);
    if (start == nullptr) return false;
    const bool verifies = start->spec.purpose == drain::Purpose::verify;
    if (started.id.text.empty() && !verifies) started = *start;
    return std::exchange(checking, verifies) != verifies;
}

Message progress_message(const RunProgress& run, const RunInfo& run_info, Instant now) {
    Json blocks = Json::array(
        {header("⏳ " + headline_of(run, run_info.action)), start_fields(run, run_info)});
    if (of_all(run) > 0) blocks.push_back(section(bar_of(run)));
    if (const auto jobs = jobs_text(run.sidekiq, now);
        !jobs.empty() && run_info.action != Action::wake)
        blocks.push_back(plain_section(capitalized(jobs), longest_detail));
    blocks.push_back(context(fmt::format("{} As of {}; details in the thread.{}",
                                         what_happens(run_info.action, run.started.adopted),
                                         local_time(now), links(run_info))));
    std::string text = start_message(run.started, run.matched, run_info).text;
    if (run.advanced) text += fmt::format(" ({} finished)", count_of(run));
    return {text, blocks};
}

Message ended_message(const drain::Report& report, const RunProgress& run,
                      const RunInfo& run_info) {
    const Summary summary = summarize(report, run_info);
    RunInfo after_end = run_info;
    after_end.deadline.reset();
    const std::string title = title_of(summary, report);
    const std::string sentence = capitalized(summary.sentence);
    return {title + ". " + escaped(sentence, longest_sentence),
            Json::array({header(title), plain_section(sentence, longest_sentence),
                         start_fields(run, after_end),
                         context("The report is a message of its own, below.")})};
}

Message details_message(const std::vector<std::string>& details, const RunInfo& run_info) {
    Message message{"", Json::array()};
    for (const auto& detail : first_of(details, most_details)) {
        message.text += (message.text.empty() ? "" : "\n") + escaped(detail, longest_detail);
        message.blocks.push_back(plain_section(detail, longest_detail));
    }
    if (details.size() <= most_details) return message;
    const std::string rest = fmt::format("… and {} more: ", details.size() - most_details);
    message.text += "\n" + rest + "see the log";
    message.blocks.push_back(context(rest + see_log(run_info)));
    return message;
}

} // namespace snow_white::report
