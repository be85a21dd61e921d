#include "src/fleet/model/name_filter.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace snow_white::fleet {

namespace {

bool matches_one(const std::string& pattern, Match match, const std::string& name) {
    if (match == Match::contains) return name.find(pattern) != std::string::npos;
    if (match == Match::exact) return name == pattern;
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

} // namespace

bool NameFilter::matches(const std::string& name) const {
    const auto fits = [&](const std::string& part) { return matches_one(part, match, name); };
    return std::ranges::any_of(include, fits) && std::ranges::none_of(exclude, fits);
}

bool NameFilter::is_one_part() const {
    return include.size() == 1 && exclude.empty() && match == Match::contains;
}

std::vector<std::string> ec2_wildcards(const NameFilter& pattern) {
    std::vector<std::string> wildcards;
    for (const auto& part : pattern.include) {
        if (pattern.match == Match::contains)
            wildcards.push_back("*" + part + "*");
        else if (const auto set = part.find_first_of("[\\");
                 pattern.match == Match::glob && set != part.npos)
            wildcards.push_back(part.substr(0, set) + "*"); // EC2 has no sets, such as [a-c]
        else
            wildcards.push_back(part);
    }
    return wildcards;
}

} // namespace snow_white::fleet
