#include "src/drain/instance_line.hpp"

#include <nlohmann/json.hpp>

namespace snow_white::drain {

namespace {

using Json = nlohmann::json;

constexpr int format_version = 1;

template <class Enum> struct Word {
    std::string_view text;
    Enum value;
};

constexpr Word<WorkerState> worker_states[] = {
    {"booting", WorkerState::booting}, {"suspended", WorkerState::suspended},
    {"running", WorkerState::running}, {"quiet", WorkerState::quiet},
    {"idle", WorkerState::idle},       {"stopped", WorkerState::stopped}};
constexpr Word<LineOutcome> outcomes[] = {{"done", LineOutcome::done},
                                          {"no-worker", LineOutcome::no_worker},
                                          {"busy", LineOutcome::busy},
                                          {"failed", LineOutcome::failed}};

template <class Enum, std::size_t count>
Enum value_of(const Word<Enum> (&words)[count], const std::string& text) {
    for (const auto& word : words)
        if (word.text == text) return word.value;
    throw std::invalid_argument("a word that is not of the format");
}

std::string last_line(const std::string& output) {
    const auto end = output.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) return {};
    const auto before = output.rfind('\n', end);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    return output.substr(begin, end + 1 - begin);
}

Worker parse_worker(const Json& item) {
    return {.pid = item.at("pid").get<int>(),
            .unit = item.at("unit").get<std::string>(),
            .version = item.at("version").get<std::string>(),
            .busy = item.at("busy").get<int>(),
            .of = item.at("of").get<int>(),
            .state = value_of(worker_states, item.at("state").get<std::string>())};
}

} // namespace

std::optional<InstanceLine> parse_instance_line(const std::string& output) {
    try {
        const Json line = Json::parse(last_line(output));
        if (line.at("snow_white").get<int>() != format_version) return std::nullopt;
        InstanceLine parsed{.outcome = value_of(outcomes, line.at("outcome").get<std::string>()),
                            .note = line.value("note", "")};
        for (const auto& item : line.at("workers"))
            parsed.workers.push_back(parse_worker(item));
        return parsed;
    } catch (const Json::exception&) {
        return std::nullopt;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

std::string_view name_of(WorkerState state) {
    for (const auto& word : worker_states)
        if (word.value == state) return word.text;
    return "";
}

} // namespace snow_white::drain
