#include "src/report/slack/code_table.hpp"
#include "src/report/slack/mrkdwn.hpp"
#include "src/report/slack/start_message.hpp"
#include "src/report/text/report_groups.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

using drain::Action;
using drain::Verdict;

// All of it together stays under what Slack takes of one message.
constexpr std::size_t most_rows = 10;       // of the table
constexpr std::size_t most_groups = 6;      // of instances that are not as asked …
constexpr std::size_t most_of_a_group = 10; // … and instances of each, or …
constexpr std::size_t most_parts = 4;       // … its environments, where they are more
constexpr std::size_t most_notes = 8;
constexpr std::size_t most_plain_lines = 20; // of the text without blocks
constexpr std::size_t longest_line = 84;
constexpr std::size_t longest_id = 24;
constexpr std::size_t longest_note = 220;
constexpr std::size_t longest_command = 900;

// A table has no room for more.
std::string short_end_of(Action action) {
    return action == Action::quiet ? "quiet" : std::string(goal_text(action));
}

std::string name_of_environment(const std::string& name) {
    return code_safe(name.empty() ? "(not known)" : name, longest_name);
}

std::vector<std::string> cells_of(const EnvironmentRow& row, bool with_gone, bool with_jobs) {
    std::vector<std::string> cells{name_of_environment(row.name), std::to_string(row.instances),
                                   std::to_string(row.as_asked),
                                   std::to_string(row.not_as_asked())};
    if (with_gone) cells.push_back(std::to_string(row.gone));
    if (with_jobs) cells.push_back(std::to_string(row.jobs));
    return cells;
}

void add_table(const drain::Report& report, Json& blocks) {
    const auto rows = by_environment(report);
    if (rows.empty()) return;
    const bool with_gone = std::ranges::any_of(rows, [](const auto& row) { return row.gone > 0; });
    const bool with_jobs = std::ranges::any_of(rows, [](const auto& row) { return row.jobs > 0; });
    std::vector<std::vector<std::string>> cells{
        {"environment", "instances", short_end_of(report.action), "not"}};
    if (with_gone) cells.front().emplace_back("gone");
    if (with_jobs) cells.front().emplace_back("jobs");
    for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i)
        cells.push_back(cells_of(rows[i], with_gone, with_jobs));
    auto lines = aligned(cells);
    if (rows.size() > most_rows)
        lines.push_back(fmt::format("… and {}: see the log",
                                    pluralize(rows.size() - most_rows, "more environment")));
    blocks.push_back(section(code_block(lines)));
}

std::string line_of(const drain::InstanceResult& instance) {
    const int jobs = count_jobs(instance.workers);
    std::string line = instance.id.text + "  " +
                       (instance.environment.empty() ? "(not known)" : instance.environment);
    if (jobs > 0 && !is_gone(instance.outcome))
        line += fmt::format("  {} running", pluralize(static_cast<std::size_t>(jobs), "job"));
    if (!instance.note.empty()) line += "  " + instance.note;
    return code_safe(line, longest_line);
}

// A few are named one by one; of many it is said how many there are where.
std::vector<std::string> lines_of(const Group& group) {
    std::vector<std::string> lines;
    if (group.instances.size() <= most_of_a_group) {
        for (const auto& instance : group.instances)
            lines.push_back(line_of(instance));
        return lines;
    }
    const auto parts = parts_of(group);
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(parts.size(), most_parts); ++i)
        rows.push_back({name_of_environment(parts[i].name),
                        pluralize(parts[i].instances, "instance"),
                        "e.g. " + code_safe(parts[i].example, longest_id)});
    lines = aligned(rows);
    std::size_t left_out = group.instances.size();
    for (std::size_t i = 0; i < rows.size(); ++i)
        left_out -= parts[i].instances;
    if (left_out > 0)
        lines.push_back(fmt::format("… and {} more in {}: see the log", left_out,
                                    pluralize(parts.size() - rows.size(), "environment")));
    return lines;
}

void add_groups(const drain::Report& report, Json& blocks) {
    const auto groups = by_outcome(report);
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const auto& group = groups[i];
        if (i < most_groups)
            blocks.push_back(section(fmt::format(
                "*{}*: {}\n{}", capitalized(words_for(group.outcome)),
                pluralize(group.instances.size(), "instance"), code_block(lines_of(group)))));
        else
            left_out += group.instances.size();
    }
    if (left_out > 0)
        blocks.push_back(
            context(fmt::format("… and {}: see the log", pluralize(left_out, "more instance"))));
}

void add_notes(const Summary& summary, Json& blocks) {
    if (summary.notes.empty()) return;
    const auto& notes = summary.notes;
    for (std::size_t i = 0; i < std::min(notes.size(), most_notes); ++i)
        blocks.push_back(plain_section(capitalized(notes[i]), longest_note));
    if (notes.size() > most_notes)
        blocks.push_back(
            context(fmt::format("… and {} more: see the log", notes.size() - most_notes)));
}

// To be copied, so not a character of it may change: one that would end the code block stands
// outside of one.
void add_next(const NextStep& next, Json& blocks) {
    if (next.words.empty()) return;
    const std::string words = "*Next:* " + next.words;
    const bool fits_code = next.command.find('`') == std::string::npos;
    blocks.push_back(
        section(next.command.empty() || !fits_code
                    ? words
                    : words + "\n" + code_block({code_safe(next.command, longest_command)})));
    if (!fits_code) blocks.push_back(plain_section(next.command, longest_command));
}

std::string plain_end(const Summary& summary) {
    std::string text = fmt::format("{} {}",
                                   summary.seen && summary.left.empty() ? "✅"
                                   : summary.well                       ? "⚠️"
                                                                        : "❌",
                                   escaped(summary.headline, longest_sentence));
    for (std::size_t i = 0; i < std::min(summary.details.size(), most_plain_lines); ++i)
        text += "\n• " + escaped(summary.details[i], longest_note);
    if (summary.details.size() > most_plain_lines)
        text +=
            fmt::format("\n• and {} more: see the log", summary.details.size() - most_plain_lines);
    if (!summary.next.words.empty())
        text += "\nnext: " + escaped(in_one_line(summary.next), longest_command);
    return text;
}

} // namespace

std::string title_of(const Summary& summary, const drain::Report& report) {
    const bool wake = report.action == Action::wake;
    if (summary.seen && !summary.left.empty())
        return fmt::format("⚠️ {}: safe to go on, but {}", summary.state, summary.left);
    if (summary.seen)
        return fmt::format("✅ {}: {}", summary.state,
                           wake ? "they take jobs again" : "safe to go on");
    if (summary.well) return fmt::format("⚠️ {}, says SSM: not verified", summary.state);
    const bool looked = report.verdict == Verdict::partial ||
                        report.verdict == Verdict::timed_out ||
                        report.verdict == Verdict::cancelled;
    if (report.verdict == Verdict::nothing_matched)
        return fmt::format("❌ {}: nothing matches, nothing was sent", summary.state);
    if (!looked)
        return fmt::format("⚠️ {}: {}", summary.state,
                           wake ? "not known to be awake" : "not known to be safe");
    return fmt::format("❌ {}: {}", summary.state, wake ? "not all take jobs" : "not safe to go on");
}

Message end_message(const drain::Report& report, const RunInfo& run_info) {
    const Summary summary = summarize(report, run_info);
    Json blocks = Json::array({header(title_of(summary, report)),
                               plain_section(capitalized(summary.sentence), longest_sentence)});
    add_table(report, blocks);
    add_groups(report, blocks);
    add_notes(summary, blocks);
    add_next(summary.next, blocks);
    blocks.push_back(context(about(run_info, report.action)));
    return {plain_end(summary), blocks};
}

} // namespace snow_white::report
