#include "src/report/text/status_table.hpp"

#include "src/base/chunk.hpp"
#include "src/base/enum_names.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/report/text/fitting_columns.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <tuple>

namespace snow_white::report {

namespace {

using Column = StatusColumn;

constexpr EnumName<RowState> row_state_names[] = {
    {RowState::unknown, "unknown", "became unknown"},
    {RowState::running, "running", "became running"},
    {RowState::booting, "booting", "became booting"},
    {RowState::suspended, "suspended", "became suspended"},
    {RowState::no_worker, "no worker", "no longer with a worker"},
    {RowState::quiet, "quiet", "became quiet"},
    {RowState::idle, "idle", "became idle"},
    {RowState::stopped, "stopped", "became stopped"},
    {RowState::down, "down", "went down"}};
static_assert(has_all_enumerators(row_state_names) && std::size(row_state_names) == row_states);

struct WorkerRow {
    drain::WorkerState value;
    RowState state;
};

constexpr WorkerRow states_of_workers[] = {{drain::WorkerState::booting, RowState::booting},
                                           {drain::WorkerState::suspended, RowState::suspended},
                                           {drain::WorkerState::running, RowState::running},
                                           {drain::WorkerState::quiet, RowState::quiet},
                                           {drain::WorkerState::idle, RowState::idle},
                                           {drain::WorkerState::stopped, RowState::stopped}};
static_assert(has_all_enumerators(states_of_workers));

struct ColumnSpec {
    Column value;
    std::string_view heading;
    std::size_t least; // its usual cells fit, so that it is as wide in each table
    std::size_t most;  // on a terminal
};

// In the order of the enumerators.
constexpr ColumnSpec column_specs[] = {
    {Column::state, "STATE", 9, 9},         {Column::busy, "BUSY", 5, 9},
    {Column::instance, "INSTANCE", 19, 20}, {Column::environment, "ENVIRONMENT", 11, 60},
    {Column::since, "SINCE", 11, 20},       {Column::worker, "WORKER", 23, 40},
    {Column::agent, "AGENT", 7, 7},         {Column::version, "VERSION", 7, 12},
    {Column::zone, "ZONE", 10, 16}};
static_assert(has_all_enumerators(column_specs));

constexpr Column order_in_a_pipe[] = {Column::environment, Column::instance, Column::zone,
                                      Column::agent,       Column::worker,   Column::version,
                                      Column::busy,        Column::state,    Column::since};

constexpr std::size_t least_environment = 11; // its name is cut to this before a column is dropped

constexpr std::size_t index_of(Column column) {
    return static_cast<std::size_t>(column);
}

constexpr std::size_t index_of(RowState state) {
    return static_cast<std::size_t>(state);
}

std::string why_silent(const fleet::Instance& instance, const drain::InvocationResult* answer) {
    if (is_down(instance.ec2_state)) return "stopped in EC2 or leaving";
    if (instance.agent == fleet::Agent::absent) return "no SSM agent is registered";
    if (instance.agent == fleet::Agent::lost) return "its SSM agent does not answer";
    if (answer == nullptr) return "SSM did not reach it";
    if (answer->end == drain::InvocationEnd::pending) return "no answer yet";
    return answer->last_output.empty() ? "no answer of the script (" + answer->detail + ")"
                                       : answer->last_output;
}

InstanceStatus make_status(const fleet::Instance& instance, const drain::InvocationResult* answer) {
    InstanceStatus status{.instance = instance};
    const auto line = answer == nullptr ? std::nullopt : answer->line;
    if (line) {
        status.workers = line->workers;
        status.host = line->host;
        status.scripts = line->scripts;
    }
    status.answered = line && line->omitted_workers == 0;
    if (!status.answered)
        status.why_not = line ? fmt::format("{} more workers did not fit", line->omitted_workers)
                              : why_silent(instance, answer);
    return status;
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

RowState state_of(drain::WorkerState state) {
    const auto* row = std::ranges::find(states_of_workers, state, &WorkerRow::value);
    return row == std::end(states_of_workers) ? RowState::unknown : row->state;
}

void add_rows(const InstanceStatus& status, std::vector<StatusRow>& rows) {
    for (const auto& worker : status.workers)
        rows.push_back({status.instance, state_of(worker.state), worker});
    if (status.answered && !status.workers.empty()) return;
    const RowState state = status.answered                      ? RowState::no_worker
                           : is_down(status.instance.ec2_state) ? RowState::down
                                                                : RowState::unknown;
    rows.push_back({status.instance, state, std::nullopt,
                    status.answered ? "no Sidekiq worker found" : status.why_not});
}

std::string since_text(const drain::Worker& worker, const TableFormat& format) {
    if (!worker.since) return "-";
    return format.ages_at ? age_text(*format.ages_at - *worker.since) : iso_time(*worker.since);
}

std::string worker_text(const drain::Worker& worker) {
    return worker.pid == 0 ? or_dash(worker.unit) : fmt::format("{} {}", worker.unit, worker.pid);
}

std::string cell_of(const StatusRow& row, Column column, const TableFormat& format) {
    switch (column) {
    case Column::state:
        return std::string(name_of(row.state));
    case Column::busy:
        return row.worker ? fmt::format("{}/{}", row.worker->busy, row.worker->threads) : "-";
    case Column::instance:
        return row.instance.id.text;
    case Column::environment:
        return or_dash(row.instance.environment);
    case Column::since:
        return row.worker ? since_text(*row.worker, format) : "-";
    case Column::worker:
        return row.worker ? worker_text(*row.worker) : "-";
    case Column::agent:
        return std::string(name_of(row.instance.agent));
    case Column::version:
        return row.worker ? or_dash(row.worker->version) : "-";
    case Column::zone:
        return or_dash(row.instance.zone);
    }
    return {};
}

// The columns of one table, with their widths.
struct Columns {
    std::vector<Column> shown;
    StatusWidths widths = {};
    std::size_t gap = 2;
};

Columns columns_on_terminal(const StatusWidths& widths, std::size_t room) {
    const ElasticColumn environment{index_of(Column::environment), least_environment,
                                    index_of(Column::since)};
    const auto fitting = fit_columns({widths.begin(), widths.end()}, environment, room);
    Columns columns{.shown = {}, .gap = fitting.gap};
    std::ranges::copy(fitting.widths, columns.widths.begin());
    for (std::size_t column = 0; column < fitting.shown; ++column)
        columns.shown.push_back(static_cast<Column>(column));
    return columns;
}

Columns columns_of(const std::vector<StatusRow>& rows, const TableFormat& format) {
    const StatusWidths widths = widths_of(rows, format);
    if (format.width) return columns_on_terminal(widths, *format.width);
    return {{std::begin(order_in_a_pipe), std::end(order_in_a_pipe)}, widths};
}

void add_cell(std::string& line, std::string cell, Column column, const Columns& columns,
              const TableFormat& format) {
    const std::size_t width = columns.widths[index_of(column)];
    cell = format.width ? truncate_ascii(std::move(cell), width) : printable(cell);
    line += fmt::format("{:<{}}", cell, width + columns.gap);
}

// In place of the columns that an instance without a worker has nothing for.
std::string reason_of(const StatusRow& row, const TableFormat& format) {
    const bool has_state = format.width || row.state != RowState::unknown;
    return printable(has_state ? row.why : "unknown: " + row.why);
}

std::string line_of(const StatusRow& row, const Columns& columns, const TableFormat& format) {
    const Column first_of_reason =
        format.width ? Column::since : Column::state; // it begins in this column
    std::string line;
    for (const auto column : columns.shown) {
        if (!row.worker && column == first_of_reason) break;
        add_cell(line, cell_of(row, column, format), column, columns, format);
    }
    const std::string reason = row.worker ? "" : reason_of(row, format);
    if (format.width && line.size() + reason.size() > *format.width)
        line.resize(line.find_last_not_of(' ') + 1 + columns.gap);
    line += reason;
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

} // namespace

bool is_known(const InstanceStatus& status) {
    return status.answered || is_down(status.instance.ec2_state);
}

std::vector<InstanceStatus> statuses_of(const fleet::FleetSnapshot& fleet,
                                        const std::vector<drain::InvocationResult>& answers) {
    std::map<InstanceId, const drain::InvocationResult*> by_id;
    for (const auto& answer : answers)
        by_id[answer.id] = &answer;
    std::vector<InstanceStatus> statuses;
    for (const auto& instance : fleet.instances.value_or(std::vector<fleet::Instance>{})) {
        const auto found = by_id.find(instance.id);
        statuses.push_back(make_status(instance, found == by_id.end() ? nullptr : found->second));
        by_id.erase(instance.id);
    }
    for (const auto& [id, answer] : by_id)
        statuses.push_back(make_status({.id = id, .environment = {}, .zone = {}}, answer));
    std::ranges::sort(statuses, {}, [](const InstanceStatus& status) {
        return std::tie(status.instance.environment, status.instance.id);
    });
    return statuses;
}

std::string age_text(Duration age) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(age).count();
    if (minutes < 1) return in_words(std::max(age, Duration{0}));
    if (minutes < 60) return fmt::format("{} min", minutes);
    const auto hours = minutes / 60;
    if (hours < 48) return fmt::format("{} h {} min", hours, minutes % 60);
    return fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string_view name_of(RowState state) {
    return name_of(row_state_names, state);
}

std::string_view text_for(RowState state) {
    return text_for(row_state_names, state);
}

std::vector<StatusRow> status_rows(const std::vector<InstanceStatus>& statuses) {
    std::vector<StatusRow> rows;
    for (const auto& status : statuses)
        add_rows(status, rows);
    using Key = std::tuple<RowState, int, const std::string&, const InstanceId&>;
    std::ranges::stable_sort(rows, {}, [](const StatusRow& row) {
        return Key(row.state, row.worker ? -row.worker->busy : 0, row.instance.environment,
                   row.instance.id);
    });
    return rows;
}

std::array<std::size_t, row_states> count_states(const std::vector<StatusRow>& rows,
                                                 std::size_t first) {
    std::array<std::size_t, row_states> counts{};
    for (const auto& row : rest_of(rows, first))
        ++counts[index_of(row.state)];
    return counts;
}

std::vector<std::string> state_counts(const std::array<std::size_t, row_states>& counts) {
    std::vector<std::string> texts;
    for (const auto& state : row_state_names)
        if (const auto count = counts[index_of(state.value)]; count > 0)
            texts.push_back(fmt::format("{} {}", count, state.name));
    return texts;
}

StatusWidths widths_of(const std::vector<StatusRow>& rows, const TableFormat& format) {
    StatusWidths widths = format.at_least;
    for (const auto& spec : column_specs) {
        auto& width = widths[index_of(spec.value)];
        width = std::max(width, spec.least);
        for (const auto& row : rows)
            if (row.worker || spec.value != Column::state)
                width = std::max(width, printable(cell_of(row, spec.value, format)).size());
        if (format.width) width = std::min(width, spec.most);
    }
    return widths;
}

std::vector<std::string> status_table(const std::vector<StatusRow>& rows,
                                      const TableFormat& format) {
    const Columns columns = columns_of(rows, format);
    std::string heading;
    for (const auto column : columns.shown)
        add_cell(heading, std::string(column_specs[index_of(column)].heading), column, columns,
                 format);
    std::vector<std::string> lines{heading.substr(0, heading.find_last_not_of(' ') + 1)};
    for (const auto& row : rows)
        lines.push_back(line_of(row, columns, format));
    return lines;
}

std::vector<std::string> running_scripts(const std::vector<InstanceStatus>& statuses) {
    std::map<drain::Action, std::set<InstanceId>> by_action;
    for (const auto& status : statuses)
        for (const auto& script : status.scripts)
            by_action[script.action].insert(status.instance.id);
    std::vector<std::string> texts;
    for (const auto& [action, ids] : by_action)
        texts.push_back(fmt::format("a {} still runs on {}", name_of(action),
                                    pluralize(ids.size(), "instance")));
    return texts;
}

std::string status_sentence(const std::vector<InstanceStatus>& statuses) {
    std::array<std::size_t, row_states> by_state{};
    std::size_t workers = 0;
    int jobs = 0;
    for (const auto& status : statuses) {
        workers += status.workers.size();
        jobs += count_jobs(status.workers);
        for (const auto& worker : status.workers)
            ++by_state[index_of(state_of(worker.state))];
    }
    std::vector<std::string> parts = running_scripts(statuses);
    const auto states = fmt::format("{}", fmt::join(state_counts(by_state), ", "));
    parts.insert(parts.begin(), {fmt::format("{} on {}{}{}", pluralize(workers, "worker"),
                                             pluralize(statuses.size(), "instance"),
                                             states.empty() ? "" : ": ", states),
                                 pluralize(jobs, "job") + " running"});
    const auto unknown =
        std::ranges::count_if(statuses, [](const auto& one) { return !is_known(one); });
    if (unknown > 0) parts.push_back("unknown: " + pluralize(unknown, "instance"));
    return fmt::format("{}", fmt::join(parts, "; "));
}

} // namespace snow_white::report
