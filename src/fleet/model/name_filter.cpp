#include "src/fleet/model/name_filter.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace snow_white::fleet {

namespace {

bool fits(const std::string& pattern, Match match, const std::string& name) {
    switch (match) {
    case Match::contains:
        return name.find(pattern) != std::string::npos;
    case Match::exact:
        return name == pattern;
    case Match::glob:
        break;
    }
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

} // namespace

bool NameFilter::matches(const std::string& name) const {
    const auto fits_name = [&](const std::string& pattern) { return fits(pattern, match, name); };
    return std::ranges::any_of(include, fits_name) && std::ranges::none_of(exclude, fits_name);
}

bool NameFilter::is_one_part() const {
    return include.size() == 1 && exclude.empty() && match == Match::contains;
}

std::vector<std::string> ec2_wildcards(const NameFilter& pattern) {
    std::vector<std::string> wildcards;
    for (const auto& one : pattern.include) {
        if (pattern.match == Match::contains)
            wildcards.push_back("*" + one + "*");
        else if (const auto set = one.find_first_of("[\\");
                 pattern.match == Match::glob && set != one.npos)
            wildcards.push_back(one.substr(0, set) + "*"); // EC2 has no sets: whatever follows
        else
            wildcards.push_back(one);
    }
    return wildcards;
}

} // namespace snow_white::fleet
