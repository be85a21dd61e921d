#include "sandbox/world/document_step.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <regex>

namespace sandbox {

namespace {

constexpr int default_seconds = 3600;
constexpr int least_seconds = 5;
constexpr int most_seconds = 172'800;

std::string text_of(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

snow_white::Duration step_timeout(const nlohmann::json& step) {
    const auto inputs = step.value("inputs", nlohmann::json::object());
    const std::string text =
        inputs.contains("timeoutSeconds") ? text_of(inputs["timeoutSeconds"]) : "";
    int seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    const bool usable =
        error == std::errc{} && stop == end && seconds >= least_seconds && seconds <= most_seconds;
    return std::chrono::seconds(usable ? seconds : default_seconds);
}

std::string with_parameters(std::string text, const nlohmann::json& parameters) {
    if (text.find("{{") == std::string::npos) return text; // a line may carry the whole script
    for (const auto& [name, values] : parameters.items()) {
        const std::string value = values.empty() ? "" : text_of(values[0]);
        const std::regex place("\\{\\{\\s*" + name + "\\s*\\}\\}");
        std::string replaced;
        std::string::const_iterator rest = text.begin();
        for (std::smatch found; std::regex_search(rest, text.cend(), found, place);
             rest = found[0].second)
            replaced.append(rest, found[0].first).append(value);
        text = replaced.append(rest, text.cend());
    }
    return text;
}

std::string script_action(const nlohmann::json& step, const nlohmann::json& parameters) {
    static const std::regex call(
        R"(snow-white-instance\.sh["']?\s+["']?(quiet|wake|stop|status)\b)");
    for (const auto& line :
         step.value(nlohmann::json::json_pointer("/inputs/runCommand"), nlohmann::json::array())) {
        const std::string text = with_parameters(text_of(line), parameters);
        const std::size_t named = std::min(text.find("snow-white-instance.sh"), text.size());
        std::smatch found;
        if (std::regex_search(text.begin() + static_cast<std::ptrdiff_t>(named), text.end(), found,
                              call))
            return found[1];
    }
    return {};
}

} // namespace sandbox
