#include "src/promises/run_log.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace snow_white::promises {

namespace {

// More, in a log with wrong numbers, would not fit into a duration.
constexpr std::size_t most_regions = 1000;

// Only a drain writes it. Other words may be a launcher's.
bool is_of_drain(const Event& event) {
    const auto* words = as<Words>(event);
    return as<Discovered>(event) != nullptr || as<Started>(event) != nullptr ||
           as<ProgressCounts>(event) != nullptr || as<InstanceEnd>(event) != nullptr ||
           as<ReportEnd>(event) != nullptr || (words != nullptr && words->noted && event.in_json);
}

// "us-east-1" of "us-east-1: still waiting for …"; empty: the text begins otherwise.
std::string region_before_colon(const std::string& text) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-0123456789");
    if (end == std::string::npos || end == 0 || text.compare(end, 2, ": ") != 0) return "";
    const std::string label = text.substr(0, end);
    const bool has_number = label.back() >= '1' && label.back() <= '9';
    return has_number && std::ranges::count(label, '-') >= 2 ? label : "";
}

} // namespace

void RunLog::add(Event event) {
    if (event.in_json && !event.silent && is_of_drain(event)) in_json = true;
    events.push_back(std::move(event));
}

bool RunLog::is_drain() const {
    return !is_dry() && std::ranges::any_of(events, is_of_drain);
}

// A log for people has no `ended`: a launcher's last words go to standard error.
bool RunLog::launcher_stopped_watching() const {
    if (report() != nullptr || !is_launched()) return false;
    const Event* end = ended();
    return launched || (end != nullptr && as<Ended>(*end)->code != 0);
}

const Event* RunLog::begin() const {
    const auto found = std::ranges::find_if(events, is_of_drain);
    return found == events.end() ? nullptr : &*found;
}

std::optional<Instant> RunLog::time_begun() const {
    const Event* last = report();
    if (last != nullptr && as<ReportEnd>(*last)->elapsed)
        return last->at - *as<ReportEnd>(*last)->elapsed;
    for (const auto& event : events)
        if (const auto* counted = as<ProgressCounts>(event); counted != nullptr && counted->begun)
            return counted->begun;
    return std::nullopt;
}

std::size_t RunLog::regions() const {
    std::size_t most = 1;
    std::set<std::string> named;
    for (const auto& event : events) {
        if (const auto* matched = as<Discovered>(event)) most = std::max(most, matched->regions);
        if (const auto* report = as<ReportEnd>(event))
            most = std::max(most, report->regions.size());
        const auto* started = as<Started>(event);
        if (started != nullptr && !started->region_label.empty())
            named.insert(started->region_label);
        if (as<Words>(event) == nullptr) continue;
        // A region that has sent nothing yet.
        if (const auto label = region_before_colon(event.text); !label.empty()) named.insert(label);
    }
    return std::min(std::max(most, named.size()), most_regions);
}

std::int64_t RunLog::instances() const {
    std::int64_t most = 0;
    for (const auto& event : events) {
        if (const auto* matched = as<Discovered>(event)) most = std::max(most, matched->instances);
        if (const auto* counted = as<ProgressCounts>(event))
            most = std::max({most, counted->targeted, counted->instances});
        const auto* report = as<ReportEnd>(event);
        if (report != nullptr && report->instances) most = std::max(most, *report->instances);
    }
    return most;
}

} // namespace snow_white::promises
