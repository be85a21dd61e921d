#include "src/aws/config_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <vector>

namespace snow_white::aws {

namespace {

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// "[profile staging]" in the config file, "[staging]" in the credentials file; empty for other sections.
std::string profile_of_header(const std::string& line, bool config) {
    const std::string inside = trimmed(line.substr(1, line.find(']') - 1));
    if (!config || inside == "default") return inside;
    if (!inside.starts_with("profile ") && !inside.starts_with("profile\t")) return {};
    std::string name = trimmed(inside.substr(8));
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
        name = name.substr(1, name.size() - 2);
    return name;
}

void read_file(const std::string& path, bool config, std::map<std::string, Profile>& into) {
    std::ifstream file(path);
    std::string line;
    std::string profile;
    while (std::getline(file, line)) {
        const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        line = trimmed(line);
        if (line.empty() || line[0] == '#' || line[0] == ';' || indented)
            continue; // indented: a nested setting
        if (line[0] == '[') {
            profile = profile_of_header(line, config);
            if (!profile.empty()) into[profile];
            continue;
        }
        const auto equals = line.find('=');
        if (profile.empty() || equals == std::string::npos) continue;
        into[profile][trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
    }
}

} // namespace

Profiles read_profiles(const Environment& environment) {
    const std::string home = environment.get("HOME", ".") + "/.aws/";
    const std::string config = environment.get("AWS_CONFIG_FILE", home + "config");
    const std::string credentials = environment.get("AWS_SHARED_CREDENTIALS_FILE", home + "credentials");
    Profiles profiles{.by_name = {}, .read_from = config + " and " + credentials};
    read_file(config, true, profiles.by_name);
    read_file(credentials, false, profiles.by_name); // it wins where both have a setting
    return profiles;
}

std::string names_of(const Profiles& profiles) {
    std::vector<std::string> names;
    for (const auto& [name, settings] : profiles.by_name)
        names.push_back(name);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

} // namespace snow_white::aws
