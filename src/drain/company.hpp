// Several drains that are one run, each in a place of its own (a region, an account): what they tell, made
// into what is told of the whole. Pure. Names that are one place's only are given with it:
// "eu-west-1/acme-workers" (no name of EB's has a slash).
#pragma once

#include "src/drain/state.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace snow_white::drain {

// How the whole ended, by how its parts did. What is not done in the same way everywhere is partial, and so
// is a part that nothing matched beside others: it was asked for.
template <class End> End whole_of(const std::vector<End>& parts, End done, End partial, End nothing_matched) {
    End whole = done;
    for (const End part : parts) {
        if (part == done) continue;
        if (whole != done && whole != part) return partial;
        whole = part;
    }
    const bool everywhere = std::ranges::find(parts, done) == parts.end();
    return whole == nothing_matched && !everywhere ? partial : whole;
}

// "eu-west-1/acme-workers"; in a run of one place, which has no name, and where the environment is not known:
// as it was.
std::string name_in(const std::string& place, const std::string& environment);

// "eu-west-1: …", of what is told of that place; as it was where there is one place, which has no name.
std::string said_in(const std::string& place, const std::string& sentence);

// The verdict of the whole and why, by those of its places.
void sum_up(Report& report);

class Company {
public:
    // Their names; a single one may be empty, and then all is told as it comes.
    explicit Company(std::vector<std::string> places);

    // What is told when this is told of that place. The last place's report is followed by nothing.
    std::vector<Event> take(std::size_t place, Event event);

private:
    struct Part {
        std::string place;
        std::optional<Matched> matched;
        std::optional<Advanced> advanced;
        std::optional<Standing> standing;
        std::optional<Report> report;
    };

    std::vector<Event> take(Part& part, Matched matched);
    std::vector<Event> take(Part& part, Started started);
    std::vector<Event> take(Part& part, Advanced advanced);
    std::vector<Event> take(Part& part, Noted noted);
    std::vector<Event> take(Part& part, Standing standing);
    std::vector<Event> take(Part& part, Report report);
    Matched matched() const;
    Standing standing() const;
    Report report();

    std::vector<Part> parts_;
    bool told_who_ = false; // Matched
};

} // namespace snow_white::drain
