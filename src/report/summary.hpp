// A report in words, once, for the terminal and for Slack: what is true now, who is not as asked, what to do
// next.
#pragma once

#include "src/drain/outcome.hpp"

#include <string>
#include <vector>

namespace snow_white::report {

// What was asked, in the operator's own words: for headlines and for the command to type next.
struct Subject {
    std::string application;
    std::string pattern;
    std::string profile; // empty: unknown
    std::string region;
    std::string invoker; // "alice"; empty: unknown
};

struct Summary {
    bool well = false;
    std::string headline; // one line: is it safe now?
    std::vector<std::string>
        details;      // one line each: instances that are not as asked, warnings, what was not verified
    std::string next; // what to do now; empty when there is nothing
};

Summary summarize(const drain::Report& report, const Subject& subject);

// The words for it in a report; docs/operations.md says what each means and what to do.
std::string_view words_for(drain::Outcome outcome);

// "1 instance", "2 instances"
std::string counted(std::size_t count, std::string_view what);

// "2 min 5 s"
std::string in_words(Duration duration);

} // namespace snow_white::report
