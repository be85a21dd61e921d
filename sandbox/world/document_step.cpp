#include "sandbox/world/document_step.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <regex>

namespace sandbox {

namespace {

const std::regex parameter_place(R"(\{\{\s*([a-zA-Z0-9]+)\s*\}\})");

Json value_of(const std::string& name, const Json& parameters, const Json& declared) {
    const Json& values = parameters.at(name);
    const bool list = declared.contains(name) && declared[name].value("type", "") == "StringList";
    return list || !values.is_array() || values.empty() ? values : values.at(0);
}

std::string replace_in_text(const std::string& text, const Json& parameters, const Json& declared) {
    if (text.find("{{") == std::string::npos) return text; // a line may carry the whole script
    std::string out;
    auto rest = text.cbegin();
    for (std::sregex_iterator found(text.begin(), text.end(), parameter_place), end; found != end;
         ++found) {
        const std::string name = (*found)[1];
        if (!parameters.contains(name)) continue;
        out.append(rest, (*found)[0].first);
        out += text_of(value_of(name, parameters, declared));
        rest = (*found)[0].second;
    }
    return out.append(rest, text.cend());
}

} // namespace

Json replace_parameters(const Json& input, const Json& parameters, const Json& declared) {
    if (input.is_string()) {
        const std::string text = input;
        std::smatch whole;
        if (std::regex_match(text, whole, parameter_place) && parameters.contains(whole[1].str()))
            return value_of(whole[1], parameters, declared);
        return replace_in_text(text, parameters, declared);
    }
    Json out = input;
    if (input.is_structured())
        for (auto& [key, value] : out.items())
            value = replace_parameters(value, parameters, declared);
    return out;
}

Duration step_timeout(const Json& step) {
    constexpr std::chrono::seconds fallback{3600};
    constexpr double shortest = 5;
    constexpr double longest = 172'800;
    const Json value = step.value(Json::json_pointer("/inputs/timeoutSeconds"), Json());
    double seconds = 0;
    if (value.is_number()) {
        seconds = value.get<double>();
    } else if (value.is_string()) {
        const std::string text = value;
        char* end = nullptr;
        seconds = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0') return fallback;
    }
    seconds = std::trunc(seconds);
    return seconds >= shortest && seconds <= longest
               ? std::chrono::seconds(static_cast<int>(seconds))
               : fallback;
}

std::string script_action(const Json& step, const Json& parameters) {
    static const std::regex call(
        R"(snow-white-instance\.sh["']?\s+["']?(quiet|wake|stop|status)\b)");
    for (const auto& line : step.value(Json::json_pointer("/inputs/runCommand"), Json::array())) {
        const std::string text = text_of(replace_parameters(line, parameters, Json::object()));
        const std::size_t named = std::min(text.find("snow-white-instance.sh"), text.size());
        std::smatch found;
        if (std::regex_search(text.begin() + static_cast<std::ptrdiff_t>(named), text.end(), found,
                              call))
            return found[1];
    }
    return {};
}

} // namespace sandbox
