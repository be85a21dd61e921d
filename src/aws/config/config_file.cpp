#include "src/aws/config/config_file.hpp"

#include "src/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <functional>
#include <vector>

namespace snow_white::aws {

namespace {

// NAME of "KIND NAME" or `KIND "NAME WITH BLANKS"`; empty for anything else.
std::string name_after(const std::string& kind, const std::string& header) {
    if (!header.starts_with(kind + " ") && !header.starts_with(kind + "\t")) return {};
    const std::string name = trimmed(header.substr(kind.size() + 1));
    const bool quoted = name.size() >= 2 && (name.front() == '"' || name.front() == '\'') &&
                        name.back() == name.front();
    if (quoted) return name.substr(1, name.size() - 2);
    return name.find_first_of(blanks) == std::string::npos ? name : std::string{};
}

// Reads one file line by line: sections, settings, and continuation lines, which are indented more
// than their setting.
class Reader {
public:
    explicit Reader(std::function<Profile*(const std::string&)> section)
        : section_of_(std::move(section)) {}

    // Out: the first problem; empty: none.
    std::string read(const std::string& path) {
        std::error_code none;
        if (std::filesystem::is_directory(path, none)) return path + " is a folder";
        errno = 0;
        std::ifstream file(path);
        if (!file.is_open() && errno != ENOENT && errno != ENOTDIR)
            return fmt::format("{} cannot be read: {}", path, std::strerror(errno));
        std::string problem;
        int number = 0;
        for (std::string line; std::getline(file, line);) {
            ++number;
            if (read_line(line) || !problem.empty()) continue;
            problem = fmt::format("{}, line {}: \"{}\" has no ]", path, number, trimmed(line));
        }
        return problem;
    }

private:
    // False: a section's header that does not end.
    bool read_line(const std::string& line) {
        const std::string text = trimmed(line);
        if (text.empty() || text[0] == '#' || text[0] == ';') return true;
        const auto indent = line.find_first_not_of(blanks);
        if (!name_.empty() && indent > indent_) {
            continue_value(text);
            return true;
        }
        indent_ = indent;
        name_.clear();
        if (text[0] == '[' && text.rfind(']') != std::string::npos)
            section_ = section_of_(trimmed(text.substr(1, text.rfind(']') - 1)));
        else if (const auto split = text.find_first_of("=:"); split != std::string::npos) {
            name_ = lower_case(trimmed(text.substr(0, split)));
            if (section_ != nullptr) (*section_)[name_] = trimmed(text.substr(split + 1));
        } else if (text[0] == '[') {
            section_ = nullptr;
            return false;
        }
        return true;
    }

    void continue_value(const std::string& text) {
        if (section_ == nullptr) return;
        std::string& value = (*section_)[name_];
        const auto equals = text.find('=');
        if (value.empty() && equals != std::string::npos)
            (*section_)[name_ + "." + trimmed(text.substr(0, equals))] =
                trimmed(text.substr(equals + 1));
        else
            value += "\n" + text;
    }

    std::function<Profile*(const std::string&)> section_of_;
    Profile* section_ = nullptr; // null: a section to ignore
    std::string name_;
    std::size_t indent_ = 0;
};

// The last of two sections of one name replaces the first.
Profile* new_section(ProfilesByName& sections, const std::string& name) {
    if (name.empty()) return nullptr;
    sections[name].clear();
    return &sections[name];
}

std::string read_config(const std::string& path, Profiles& into) {
    return Reader([&into](const std::string& header) {
               if (header == "default") return new_section(into.of_config_file, header);
               if (const auto name = name_after("services", header); !name.empty())
                   return new_section(into.services, name);
               return new_section(into.of_config_file, name_after("profile", header));
           })
        .read(path);
}

std::string with_home(const std::string& path, const std::string& home) {
    return path.starts_with("~/") ? home + path.substr(1) : path;
}

} // namespace

Profiles read_profiles(const Environment& environment) {
    const std::string home = environment.get("HOME", "$HOME");
    const std::string config = with_home(environment.get("AWS_CONFIG_FILE", "~/.aws/config"), home);
    const std::string credentials =
        with_home(environment.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), home);
    Profiles profiles{.read_from = config + " and " + credentials};
    profiles.problem = read_config(config, profiles);
    const std::string problem = Reader([&profiles](const std::string& header) {
                                    return new_section(profiles.of_credentials_file, header);
                                }).read(credentials);
    if (profiles.problem.empty()) profiles.problem = problem;
    profiles.unread = profiles.problem;
    const bool needs_home = config.starts_with("$HOME/") || credentials.starts_with("$HOME/");
    if (needs_home && profiles.problem.empty()) profiles.problem = "HOME is not set";
    profiles.by_name = profiles.of_config_file;
    for (const auto& [name, settings] : profiles.of_credentials_file)
        for (auto& merged = profiles.by_name[name]; const auto& [key, value] : settings)
            merged[key] = value;
    return profiles;
}

const Profile& Profiles::named(const std::string& name) const {
    static const Profile none;
    const auto found = by_name.find(name);
    return found == by_name.end() ? none : found->second;
}

std::string chosen_profile(const Environment& environment, const std::string& named) {
    if (!named.empty()) return named;
    return environment.get("AWS_DEFAULT_PROFILE", environment.get("AWS_PROFILE", "default"));
}

std::string setting(const Profile& profile, const std::string& name) {
    const auto found = profile.find(name);
    return found == profile.end() ? std::string{} : found->second;
}

std::string names_of(const Profiles& profiles) {
    std::vector<std::string> names;
    for (const auto& [name, settings] : profiles.by_name)
        names.push_back(name);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

bool is_true(const std::string& text) {
    return lower_case(text) == "true";
}

} // namespace snow_white::aws
