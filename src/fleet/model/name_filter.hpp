// Which environments, by their names. Pure.
#pragma once

#include <string>
#include <vector>

namespace snow_white::fleet {

enum class Match {
    contains, // a part of the name
    exact,    // the whole name
    glob,     // *, ? and [a-c], as a shell has them (POSIX fnmatch)
};

// The case counts in each of them. EB names are letters, digits and hyphens.
struct NameFilter {
    NameFilter() = default;
    // What the older tool knows, one substring: meant to be written as the word alone.
    NameFilter(std::string part)
        : include{std::move(part)} {} // NOLINT(google-explicit-constructor)
    NameFilter(const char* part)
        : NameFilter(std::string(part)) {} // NOLINT(google-explicit-constructor)

    std::vector<std::string> include;      // -e: one of them has to match
    std::vector<std::string> exclude = {}; // --exclude: none of them may
    Match match = Match::contains;         // how both are read

    bool matches(const std::string& name) const;
    bool is_one_part() const; // the older tool's kind
    bool operator==(const NameFilter&) const = default;
};

// For an EC2 filter, which knows `*` and `?`: these match each name that the pattern matches,
// perhaps more. Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
std::vector<std::string> ec2_wildcards(const NameFilter& pattern);

} // namespace snow_white::fleet
