// Several drains that are one run, each in a region or an account of its own: what they tell, made
// into what is told of the whole. Pure. Names that are one region's only are given with it:
// "eu-west-1/acme-workers" (no name of EB's has a slash).
#pragma once

#include "src/drain/model/event.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace snow_white::drain {

// How the whole ended, by how its parts did. What is not done in the same way everywhere is
// partial, and so is a part that nothing matched beside others: it was asked for.
template <class End>
End combine_verdicts(const std::vector<End>& parts, End done, End partial, End nothing_matched) {
    End whole = done;
    for (const End part : parts) {
        if (part == done) continue;
        if (whole != done && whole != part) return partial;
        whole = part;
    }
    const bool everywhere = std::ranges::find(parts, done) == parts.end();
    return whole == nothing_matched && !everywhere ? partial : whole;
}

// "eu-west-1/acme-workers"; in a run of one region, which has no name, and where the environment is
// not known: as it was.
std::string qualify(const std::string& region, const std::string& environment);

// The verdict of the whole and why, by those of its regions.
void summarize_regions(Report& report);

class EventAggregator {
public:
    // Their names; a single one may be empty, and then all is told as it comes.
    explicit EventAggregator(std::vector<std::string> regions);

    // What is told when this is told of that region. The last region's report is followed by
    // nothing.
    std::vector<Event> take(std::size_t region, Event event);

private:
    struct Part {
        std::string region;
        std::optional<FleetDiscovered> matched;
        std::optional<ProgressChanged> advanced;
        std::optional<ProgressSnapshot> progress;
        std::optional<Report> report;
    };

    std::vector<Event> take(Part& part, FleetDiscovered matched);
    std::vector<Event> take(Part& part, CommandStarted started);
    std::vector<Event> take(Part& part, ProgressChanged advanced);
    std::vector<Event> take(Part& part, Notice noted);
    std::vector<Event> take(Part& part, ProgressSnapshot progress);
    std::vector<Event> take(Part& part, Report report);
    FleetDiscovered matched() const;
    ProgressSnapshot progress() const;
    Report report();

    std::vector<Part> parts_;
    bool reported_fleet_ = false; // FleetDiscovered
};

} // namespace snow_white::drain
