// --json: each event as one JSON object on a line of its own, for programs. In: what happens. Out:
// ASCII (a name from outside is escaped), the keys `v`, `event` and `at` (UTC) first.
// docs/json-lines.schema.json is the contract: within version 1 keys and events may be added, none
// is renamed, none is taken away.
#pragma once

#include "src/report/reporter.hpp"
#include "src/report/text/status_table.hpp"

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

namespace snow_white::report {

using OrderedJson = nlohmann::ordered_json; // keys stay in the order in which they were set

inline constexpr int json_version = 1;

struct JsonEvent {
    std::string name;
    OrderedJson fields = OrderedJson::object();
};

// Empty: not known.
OrderedJson or_null(const std::string& text);
OrderedJson worker_object(const drain::Worker& worker);

// One, but for a report: an `instance` for each, then the `report`. A line stays short, whatever
// the fleet: what takes a container's log cuts lines at 16 KB. `take` gets one after the other:
// thousands are never there together.
void json_events(const drain::Event& event, const RunInfo& run_info, drain::Action action,
                 const std::function<void(const JsonEvent&)>& take);

JsonEvent status_event(const InstanceStatus& status);

// One line, without its end.
std::string in_json(const JsonEvent& event, Instant at);

// The events of a drain, each as it happens.
class JsonReporter : public Reporter {
public:
    // Writes to `out` and flushes after each line.
    JsonReporter(std::FILE* out, const Clock& clock, RunInfo run_info, drain::Action action);

    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;

private:
    void write(const JsonEvent& event);

    std::FILE* out_;
    const Clock& clock_;
    RunInfo run_info_;
    drain::Action action_;
};

} // namespace snow_white::report
