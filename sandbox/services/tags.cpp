#include "sandbox/services/tags.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace sandbox {

TagReader::TagReader(const RegionState& state) {
    for (const Environment& environment : state.environments)
        environments_[environment.id] = &environment;
}

Tags TagReader::of(const Instance& instance) const {
    Tags tags;
    const auto environment = environments_.find(instance.environment_id);
    if (environment != environments_.end())
        tags = {{"elasticbeanstalk:environment-name", environment->second->name},
                {"elasticbeanstalk:environment-id", environment->second->id}};
    if (!instance.name.empty()) tags.emplace_back("Name", instance.name);
    return tags;
}

bool matches_wildcards(const std::string& pattern, const std::string& value) {
    const auto is_special = [](char c) { return c == '*' || c == '?' || c == '\\'; };
    if (std::ranges::none_of(pattern, is_special)) return pattern == value;
    std::string glob; // for fnmatch, to which a bracket would mean something as well
    for (const char c : pattern) {
        if (c == '[') glob += '\\';
        glob += c;
    }
    return fnmatch(glob.c_str(), value.c_str(), 0) == 0;
}

} // namespace sandbox
