// How the agent reads what a document says (framework/docparser/parameters, plugins/pluginutil).
#include "sandbox/instances/agent_run.hpp"

#include <cmath>
#include <cstdlib>
#include <regex>

namespace sandbox {

namespace {

const std::regex placeholder(R"(\{\{\s*([a-zA-Z0-9]+)\s*\}\})");

Json value_of(const std::string& name, const Json& parameters, const Json& declared) {
    const Json& values = parameters.at(name);
    const bool list = declared.contains(name) && declared[name].value("type", "") == "StringList";
    return list || !values.is_array() ? values : values.at(0);
}

std::string replace_in_text(const std::string& text, const Json& parameters, const Json& declared) {
    std::string out;
    auto rest = text.cbegin();
    for (std::sregex_iterator found(text.begin(), text.end(), placeholder), end; found != end;
         ++found) {
        const std::string name = (*found)[1];
        if (!parameters.contains(name)) continue;
        out.append(rest, (*found)[0].first);
        const Json value = value_of(name, parameters, declared);
        out += value.is_string() ? value.get<std::string>() : value.dump();
        rest = (*found)[0].second;
    }
    return out.append(rest, text.cend());
}

} // namespace

Json replace_parameters(const Json& input, const Json& parameters, const Json& declared) {
    if (input.is_string()) {
        const std::string text = input;
        std::smatch whole;
        if (std::regex_match(text, whole, placeholder) && parameters.contains(whole[1].str()))
            return value_of(whole[1], parameters, declared);
        return replace_in_text(text, parameters, declared);
    }
    Json out = input;
    if (input.is_structured())
        for (auto& [key, value] : out.items())
            value = replace_parameters(value, parameters, declared);
    return out;
}

int usable_timeout(const Json& value) {
    constexpr int fallback = 3600;
    constexpr double shortest = 5;
    constexpr double longest = 172800;
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
    return seconds >= shortest && seconds <= longest ? static_cast<int>(seconds) : fallback;
}

} // namespace sandbox
