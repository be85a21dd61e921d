#include "src/drain/model/instance_line.hpp"

#include "src/base/text.hpp"

#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

namespace snow_white::drain {

namespace {

using Json = nlohmann::json;

constexpr int format_version = 1;
constexpr int most_workers = 10'000; // on one host

constexpr EnumName<WorkerState> worker_states[] = {
    {WorkerState::booting, "booting"}, {WorkerState::suspended, "suspended"},
    {WorkerState::running, "running"}, {WorkerState::quiet, "quiet"},
    {WorkerState::idle, "idle"},       {WorkerState::stopped, "stopped"}};
static_assert(has_all_enumerators(worker_states));
// The outcomes that a script can report.
constexpr EnumName<Outcome> outcomes[] = {{Outcome::done, "done"},
                                          {Outcome::no_worker, "no-worker"},
                                          {Outcome::busy, "busy"},
                                          {Outcome::failed, "failed"}};

template <class Enum, std::size_t count>
Enum value_of(const EnumName<Enum> (&names)[count], const std::string& word) {
    if (const auto value = parse(names, word)) return *value;
    throw std::invalid_argument("a word that is not of the format");
}

// The title that ListCommandInvocations puts before standard error, and what the agent adds there
// when a script fails (the agent's source, agent/framework/processor and plugins/runscript).
constexpr std::string_view error_title = "----------ERROR-------";
constexpr std::string_view agents_own_words = "failed to run commands";

std::vector<std::string> lines_with_text(const std::string& output) {
    std::vector<std::string> lines;
    std::istringstream stream(output);
    for (std::string line; std::getline(stream, line);)
        if (auto text = trimmed(line); !text.empty()) lines.push_back(std::move(text));
    return lines;
}

std::string last_line_of_standard_output(const std::string& output) {
    std::string last;
    for (const auto& line : lines_with_text(output)) {
        if (line == error_title) break;
        last = line;
    }
    return last;
}

// Linux has no higher pid (PID_MAX_LIMIT), and so neither more threads nor jobs. The sum over all
// workers that fit into an output is an int.
constexpr int highest_count = 1 << 22;
constexpr std::int64_t latest_second = 9'999'999'999; // since 1970; the script writes ten digits
constexpr std::size_t longest_name = 255;             // of a systemd unit
constexpr std::size_t longest_note = 300;

// nlohmann's get<int>() would also take -1, 0.5 and 1e20.
int count_in(const Json& number) {
    if (!number.is_number_unsigned() || number > highest_count)
        throw std::invalid_argument("a number that counts nothing");
    return number.get<int>();
}

std::string checked_name(const Json& text) {
    auto name = text.get<std::string>();
    if (name.size() > longest_name) throw std::invalid_argument("a name that names nothing");
    return name;
}

// Older scripts do not print the key: then it is empty, or 0.
std::string name_or_empty(const Json& object, const char* key) {
    return object.contains(key) ? checked_name(object[key]) : std::string();
}

int count_or_zero(const Json& object, const char* key) {
    return object.contains(key) ? count_in(object[key]) : 0;
}

std::optional<Instant> moment_in(const Json& worker) {
    if (!worker.contains("since")) return std::nullopt;
    const Json& seconds = worker["since"];
    if (!seconds.is_number_unsigned() || seconds > latest_second)
        throw std::invalid_argument("a moment that never comes");
    return Instant{std::chrono::seconds{seconds.get<std::int64_t>()}};
}

Worker parse_worker(const Json& item, const std::string& host) {
    return {.pid = count_in(item.at("pid")),
            .unit = checked_name(item.at("unit")),
            .version = checked_name(item.at("version")),
            .busy = count_in(item.at("busy")),
            .threads = count_in(item.at("of")),
            .state = value_of(worker_states, item.at("state").get<std::string>()),
            .since = moment_in(item),
            .container = name_or_empty(item, "container"),
            .pid_inside = count_or_zero(item, "inside"),
            .redis_host = item.contains("as") ? checked_name(item["as"]) : host};
}

std::vector<RunningScript> parse_scripts(const Json& line) {
    std::vector<RunningScript> scripts;
    if (!line.contains("scripts")) return scripts;
    for (const auto& item : line["scripts"]) {
        const auto action = parse_action(item.at("action").get<std::string>());
        if (!action) throw std::invalid_argument("a word that is no action");
        scripts.push_back({.action = *action, .pid = count_in(item.at("pid"))});
    }
    return scripts;
}

// For each state, how many workers did not fit into the line, and the jobs of all of them.
void add_rest(std::vector<Worker>& workers, const Json& rest) {
    for (const auto& [word, group] : rest.items()) {
        const int count = count_in(group.at("workers"));
        if (count < 1 || count > most_workers)
            throw std::invalid_argument("a number of workers that cannot be");
        Worker worker{.busy = count_in(group.at("busy")), .state = value_of(worker_states, word)};
        workers.push_back(worker);
        worker.busy = 0;
        workers.insert(workers.end(), static_cast<std::size_t>(count) - 1, worker);
    }
}

} // namespace

std::optional<InstanceLine> parse_instance_line(const std::string& output) {
    try {
        const Json line = Json::parse(last_line_of_standard_output(output));
        if (count_in(line.at("snow_white")) != format_version) return std::nullopt;
        InstanceLine parsed{.outcome = value_of(outcomes, line.at("outcome").get<std::string>()),
                            .action = line.value("action", "").substr(0, longest_note),
                            .note = line.value("note", "").substr(0, longest_note),
                            .host = name_or_empty(line, "host"),
                            .scripts = parse_scripts(line),
                            .already = line.value("already", false),
                            .workers = {},
                            .omitted_workers = count_or_zero(line, "more")};
        for (const auto& item : line.at("workers"))
            parsed.workers.push_back(parse_worker(item, parsed.host));
        if (!line.contains("rest")) return parsed;
        const auto listed = parsed.workers.size();
        add_rest(parsed.workers, line.at("rest"));
        parsed.omitted_workers -= static_cast<int>(parsed.workers.size() - listed);
        if (parsed.omitted_workers != 0) return std::nullopt;
        return parsed;
    } catch (const Json::exception&) {
        return std::nullopt;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

bool is_answer_to(const InstanceLine& line, std::string_view action) {
    return line.action == action;
}

std::string last_output_line(const std::string& output) {
    std::string last;
    for (const auto& line : lines_with_text(output))
        if (line != error_title && !line.starts_with(agents_own_words)) last = line;
    return last;
}

int count_jobs(const std::vector<Worker>& workers) {
    return std::accumulate(workers.begin(), workers.end(), 0,
                           [](int jobs, const Worker& worker) { return jobs + worker.busy; });
}

std::string_view name_of(WorkerState state) {
    return name_of(worker_states, state);
}

} // namespace snow_white::drain
