// Selects environments by their names. In: patterns and a name. Out: whether the name matches; and
// wildcards for an EC2 filter. Pure.
#pragma once

#include <string>
#include <vector>

namespace snow_white::fleet {

enum class Match {
    contains, // a part of the name
    exact,    // the whole name
    glob,     // *, ? and [a-c], as a shell has them (POSIX fnmatch)
};

// Case-sensitive. EB names have letters, digits and hyphens.
struct NameFilter {
    NameFilter() = default;
    // One substring, as in the older tool. Implicit, so that a call can pass the text alone.
    // NOLINTBEGIN(google-explicit-constructor)
    NameFilter(std::string part) : include{std::move(part)} {}
    NameFilter(const char* part) : NameFilter(std::string(part)) {}
    // NOLINTEND(google-explicit-constructor)

    std::vector<std::string> include;      // -e: at least one has to match
    std::vector<std::string> exclude = {}; // --exclude: none may match
    Match match = Match::contains;         // of both lists

    bool matches(const std::string& name) const;
    bool is_one_part() const; // one substring, as in the older tool
    bool operator==(const NameFilter&) const = default;
};

// For an EC2 filter, which has `*` and `?`: they match every name that the pattern matches, and
// perhaps others. Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
std::vector<std::string> ec2_wildcards(const NameFilter& pattern);

} // namespace snow_white::fleet
