#include "src/report/text/status_table.hpp"

#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <tuple>

namespace snow_white::report {

namespace {

constexpr std::size_t columns = 9;
using Row = std::array<std::string, columns>;

std::string why_silent(const fleet::Instance& instance, const drain::InvocationResult* answer) {
    if (is_down(instance.ec2_state)) return "stopped in EC2 or leaving";
    if (instance.agent == fleet::Agent::absent) return "no SSM agent is registered";
    if (instance.agent == fleet::Agent::lost) return "its SSM agent does not answer";
    if (answer == nullptr) return "SSM did not reach it";
    if (answer->end == drain::InvocationEnd::pending) return "no answer yet";
    return answer->last_output.empty() ? "no answer of ours (" + answer->detail + ")"
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

void add_row(const InstanceStatus& status, const std::array<std::string, 5>& worker,
             std::vector<Row>& rows) {
    rows.push_back({or_dash(status.instance.environment), status.instance.id.text,
                    or_dash(status.instance.zone), std::string(name_of(status.instance.agent))});
    std::ranges::copy(worker, rows.back().begin() + 4);
}

void add_rows(const InstanceStatus& status, std::vector<Row>& rows) {
    for (const auto& worker : status.workers)
        add_row(
            status,
            {worker.pid == 0 ? or_dash(worker.unit) : fmt::format("{} {}", worker.unit, worker.pid),
             or_dash(worker.version), fmt::format("{}/{}", worker.busy, worker.threads),
             std::string(name_of(worker.state)), worker.since ? iso_time(*worker.since) : "-"},
            rows);
    if (status.answered && !status.workers.empty()) return;
    const std::string state = status.answered                      ? "no Sidekiq worker found"
                              : is_down(status.instance.ec2_state) ? status.why_not
                                                                   : "unknown: " + status.why_not;
    add_row(status, {"-", "-", "-", state, ""}, rows);
}

// On how many instances a script still runs, for each action.
std::string scripts_sentence(const std::vector<InstanceStatus>& statuses) {
    std::map<drain::Action, std::set<InstanceId>> by_action;
    for (const auto& status : statuses)
        for (const auto& script : status.scripts)
            by_action[script.action].insert(status.instance.id);
    std::string sentence;
    for (const auto& [action, ids] : by_action)
        sentence += fmt::format("; a {} still runs on {}", name_of(action),
                                pluralize(ids.size(), "instance"));
    return sentence;
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

std::vector<std::string> status_table(const std::vector<InstanceStatus>& statuses) {
    std::vector<Row> rows{{"ENVIRONMENT", "INSTANCE", "ZONE", "AGENT", "WORKER", "VERSION", "BUSY",
                           "STATE", "SINCE"}};
    for (const auto& status : statuses)
        add_rows(status, rows);
    std::array<std::size_t, columns> widths{};
    for (auto& row : rows)
        for (std::size_t i = 0; i < columns; ++i) {
            row[i] = printable(row[i]);
            // The last cell of a row may be a sentence: it does not widen its column.
            const bool ends_its_row = i + 2 == columns && row[i + 1].empty();
            if (!ends_its_row) widths[i] = std::max(widths[i], row[i].size());
        }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < columns; ++i)
            line += fmt::format("{:<{}}  ", row[i], widths[i]);
        line += row[columns - 1];
        lines.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
    }
    return lines;
}

std::string status_sentence(const std::vector<InstanceStatus>& statuses) {
    std::map<std::string_view, std::size_t> by_state;
    std::size_t workers = 0;
    int busy = 0;
    for (const auto& status : statuses) {
        workers += status.workers.size();
        busy += count_jobs(status.workers);
        for (const auto& worker : status.workers)
            ++by_state[drain::name_of(worker.state)];
    }
    std::vector<std::string> states;
    for (const auto& [state, count] : by_state)
        states.push_back(fmt::format("{} {}", count, state));
    const auto unknown =
        std::ranges::count_if(statuses, [](const auto& one) { return !is_known(one); });
    return fmt::format("{} on {}{}{}; {} running{}{}", pluralize(workers, "worker"),
                       pluralize(statuses.size(), "instance"), states.empty() ? "" : ": ",
                       fmt::join(states, ", "), pluralize(busy, "job"), scripts_sentence(statuses),
                       unknown == 0 ? "" : "; unknown: " + pluralize(unknown, "instance"));
}

} // namespace snow_white::report
