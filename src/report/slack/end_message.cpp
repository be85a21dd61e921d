#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/report/slack/mrkdwn.hpp"
#include "src/report/slack/start_message.hpp"
#include "src/report/text/report_groups.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

using drain::Action;
using drain::Verdict;

// Our own limits, so that a whole message is not too long for Slack.
constexpr std::size_t most_rows = 10;        // of the table
constexpr std::size_t most_groups = 6;       // of instances where the action did not succeed
constexpr std::size_t most_of_a_group = 10;  // a larger group is counted by environment
constexpr std::size_t most_environments = 4; // of such a group
constexpr std::size_t most_notes = 8;
constexpr std::size_t most_plain_lines = 20; // of the text without blocks
constexpr std::size_t longest_line = 84;
constexpr std::size_t longest_id = 24;
constexpr std::size_t longest_note = 220;
constexpr std::size_t longest_command = 900;

std::string name_of_environment(const std::string& name) {
    return code_safe(name.empty() ? "(not known)" : name, longest_name);
}

// A column that would be empty is left out: of a fleet that is well, a phone shows each row in one
// line.
struct Columns {
    bool not_as_asked;
    bool gone;
    bool jobs;

    std::vector<std::string> cells(const std::string& name, const std::string& instances,
                                   const std::string& as_asked, const std::string& no,
                                   const std::string& left, const std::string& running) const {
        std::vector<std::string> row{name};
        if (not_as_asked || gone) row.push_back(instances);
        row.push_back(as_asked);
        if (not_as_asked) row.push_back(no);
        if (gone) row.push_back(left);
        if (jobs) row.push_back(running);
        return row;
    }
};

std::vector<std::string> cells_of(const EnvironmentRow& row, const Columns& columns) {
    return columns.cells(name_of_environment(row.name), std::to_string(row.instances),
                         std::to_string(row.as_asked), std::to_string(row.not_as_asked()),
                         std::to_string(row.gone), std::to_string(row.jobs));
}

void add_table(const drain::Report& report, const RunInfo& run_info, Json& blocks) {
    const auto rows = by_environment(report);
    if (rows.empty()) return;
    const auto have = [&rows](auto count) {
        return std::ranges::any_of(rows, [&](const auto& row) { return count(row) > 0; });
    };
    const Columns columns{
        .not_as_asked = have([](const auto& row) { return row.not_as_asked(); }),
        .gone = have([](const auto& row) { return row.gone; }),
        .jobs = have([](const auto& row) { return row.jobs; }),
    };
    // "quiet and idle" is too wide for a heading.
    const std::string goal(report.action == Action::quiet ? "quiet" : goal_text(report.action));
    std::vector<std::vector<std::string>> cells{
        columns.cells("environment", "instances", goal, "not", "gone", "jobs")};
    for (const auto& row : first_of(rows, most_rows))
        cells.push_back(cells_of(row, columns));
    std::string text = code_block(aligned(cells));
    if (rows.size() > most_rows)
        text +=
            fmt::format("\n… and {}: {}", pluralize(rows.size() - most_rows, "more environment"),
                        see_log(run_info));
    blocks.push_back(section(text));
}

std::string line_of(const drain::InstanceResult& instance, bool with_note) {
    const int jobs = count_jobs(instance.workers);
    std::string line = instance.id.text + "  " +
                       (instance.environment.empty() ? "(not known)" : instance.environment);
    if (jobs > 0 && !is_gone(instance.outcome))
        line += fmt::format("  {} running", pluralize(jobs, "job"));
    if (with_note && !instance.note.empty()) line += "  " + instance.note;
    return code_safe(line, longest_line);
}

// Of a small group each instance; of a large one how many there are in which environment.
std::string list_of(const Group& group, const RunInfo& run_info) {
    if (group.instances.size() <= most_of_a_group) {
        std::vector<std::string> lines;
        for (const auto& instance : group.instances)
            lines.push_back(line_of(instance, group.reason.empty()));
        return code_block(lines);
    }
    const auto parts = parts_of(group);
    std::vector<std::vector<std::string>> rows;
    std::size_t left_out = group.instances.size();
    for (const auto& part : first_of(parts, most_environments)) {
        rows.push_back({name_of_environment(part.name), pluralize(part.instances, "instance"),
                        "e.g. " + code_safe(part.example, longest_id)});
        left_out -= part.instances;
    }
    std::string text = code_block(aligned(rows));
    if (left_out > 0)
        text +=
            fmt::format("\n… and {} more in {}: {}", left_out,
                        pluralize(parts.size() - rows.size(), "environment"), see_log(run_info));
    return text;
}

// "*Failed*: 20 instances: `the reason`", and the instances.
std::string words_of(const Group& group, const RunInfo& run_info) {
    return fmt::format("*{}*: {}{}\n{}", capitalized(text_for(group.outcome)),
                       pluralize(group.instances.size(), "instance"),
                       group.reason.empty() ? "" : ": " + in_code(group.reason, longest_note),
                       list_of(group, run_info));
}

void add_groups(const drain::Report& report, const RunInfo& run_info, Json& blocks) {
    const auto groups = by_outcome(report);
    std::size_t left_out = 0;
    for (const auto& group : rest_of(groups, most_groups))
        left_out += group.instances.size();
    for (const auto& group : first_of(groups, most_groups))
        blocks.push_back(section(words_of(group, run_info)));
    if (left_out > 0)
        blocks.push_back(context(
            fmt::format("… and {}: {}", pluralize(left_out, "more instance"), see_log(run_info))));
}

void add_notes(const std::vector<std::string>& notes, const RunInfo& run_info, Json& blocks) {
    for (const auto& note : first_of(notes, most_notes))
        blocks.push_back(plain_section(capitalized(note), longest_note));
    if (notes.size() > most_notes)
        blocks.push_back(context(
            fmt::format("… and {} more: {}", notes.size() - most_notes, see_log(run_info))));
}

// The operator copies the command, so no character of it may change. A command with a backquote,
// which would end the code block, is plain text.
void add_next(const NextStep& next, Json& blocks) {
    if (next.text.empty()) return;
    const bool fits_code = next.command.find('`') == std::string::npos;
    const std::string code = next.command.empty() || !fits_code
                                 ? ""
                                 : "\n" + code_block({code_safe(next.command, longest_command)});
    blocks.push_back(section("*Next:* " + next.text + code));
    if (!fits_code) blocks.push_back(plain_section(next.command, longest_command));
}

std::string plain_end(const Summary& summary) {
    const bool is_whole =
        summary.verified && summary.left_ec2.empty() && summary.not_covered.empty();
    std::string text = fmt::format("{} {}",
                                   is_whole            ? "✅"
                                   : summary.succeeded ? "⚠️"
                                                       : "❌",
                                   escaped(summary.headline, longest_sentence));
    const auto& details = summary.details;
    for (const auto& detail : first_of(details, most_plain_lines))
        text += "\n• " + escaped(detail, longest_note);
    if (details.size() > most_plain_lines)
        text += fmt::format("\n• and {} more: see the log", details.size() - most_plain_lines);
    if (!summary.next.text.empty())
        text += "\nnext: " + escaped(in_one_line(summary.next), longest_command);
    return text;
}

} // namespace

std::string title_of(const Summary& summary, const drain::Report& report) {
    const bool wake = report.action == Action::wake;
    if (summary.verified && !summary.not_covered.empty())
        return fmt::format("⚠️ {}, but not covered: {}", summary.state,
                           pluralize(report.sidekiq.other_processes, "process", "processes"));
    if (summary.verified && !summary.left_ec2.empty())
        return fmt::format("⚠️ {}: safe to go on, but {}", summary.state, summary.left_ec2);
    if (summary.verified)
        return fmt::format("✅ {}: {}", summary.state,
                           wake ? "they take jobs again" : "safe to go on");
    if (summary.succeeded) return fmt::format("⚠️ {}, says SSM: not verified", summary.state);
    if (report.verdict == Verdict::nothing_matched)
        return fmt::format("❌ {}: nothing matches, nothing was sent", summary.state);
    if (has_results(report.verdict))
        return fmt::format("❌ {}: {}", summary.state,
                           wake ? "not all take jobs" : "not safe to go on");
    return fmt::format("⚠️ {}: {}", summary.state,
                       wake ? "not known to be awake" : "not known to be safe");
}

Message end_message(const drain::Report& report, const RunInfo& run_info) {
    const Summary summary = summarize(report, run_info);
    Json blocks = Json::array({header(title_of(summary, report)),
                               plain_section(capitalized(summary.sentence), longest_sentence)});
    add_table(report, run_info, blocks);
    add_groups(report, run_info, blocks);
    add_notes(summary.notes, run_info, blocks);
    add_next(summary.next, blocks);
    blocks.push_back(context(about(run_info)));
    return {plain_end(summary), blocks};
}

} // namespace snow_white::report
