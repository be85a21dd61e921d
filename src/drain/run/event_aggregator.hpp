// Joins the events of several drains that are one run, each in its own region or account. In: one
// region's event. Out: the events of the whole run. Pure. Names of environments get the region's
// label: "eu-west-1/acme-workers" (EB allows no slash in a name).
#pragma once

#include "src/base/contains.hpp"
#include "src/drain/model/event.hpp"

#include <map>
#include <string>
#include <vector>

namespace snow_white::drain {

// The verdict of the whole. Different verdicts that are not done make it partial. So does a region
// where nothing matched beside one that is done.
template <class End>
End combine_verdicts(const std::vector<End>& parts, End done, End partial, End nothing_matched) {
    End whole = done;
    for (const End part : parts) {
        if (part == done) continue;
        if (whole != done && whole != part) return partial;
        whole = part;
    }
    return whole == nothing_matched && contains(parts, done) ? partial : whole;
}

// "eu-west-1/acme-workers"; unchanged where the region's label or the environment is empty.
std::string qualify(const std::string& region, const std::string& environment);

// Sets `verdict` and `why` by those of `regions`.
void summarize_regions(Report& report);

class EventAggregator {
public:
    // The regions' labels. With a single one each event is passed on as it is.
    explicit EventAggregator(std::vector<std::string> regions);

    // Nothing follows the report of the last region.
    std::vector<Event> take(std::size_t region, Event event);

private:
    struct Part {
        std::string region;
        std::optional<FleetDiscovered> fleet;
        std::map<Purpose, ProgressChanged> counts; // of the action, and of its latest verification
        std::optional<ProgressSnapshot> progress;
        std::optional<SidekiqView> sidekiq;
        std::optional<Report> report;

        // What it adds to the run's counts. A region that has not acted yet adds its whole fleet:
        // the others are not all of the run. None: its fleet is not known.
        std::optional<ProgressChanged> share_of(Purpose purpose) const {
            if (const auto found = counts.find(purpose); found != counts.end())
                return found->second;
            if (report || purpose == Purpose::verify) return ProgressChanged{};
            if (!fleet || !fleet->instances) return std::nullopt;
            return ProgressChanged{.targeted = static_cast<int>(*fleet->instances)};
        }
    };

    std::vector<Event> take(Part& part, FleetDiscovered fleet);
    std::vector<Event> take(Part& part, CommandStarted started);
    std::vector<Event> take(Part& part, ProgressChanged counts);
    std::vector<Event> take(Part& part, Notice notice);
    std::vector<Event> take(Part& part, ProgressSnapshot progress);
    std::vector<Event> take(Part& part, SidekiqView view);
    std::vector<Event> take(Part& part, Report report);
    FleetDiscovered fleet() const;
    ProgressSnapshot progress() const;
    void withdraw_old_successes();
    Report report();

    std::vector<Part> parts_;
    bool reported_fleet_ = false;
};

} // namespace snow_white::drain
