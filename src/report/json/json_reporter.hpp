// --json: each event of a run as one JSON object on a line, for programs. In: events. Out: ASCII
// (other characters are escaped); the keys `v`, `event` and `at` (UTC) come first.
// docs/json-lines.schema.json is the contract: within version 1 keys and events may be added, and
// none is renamed or removed.
#pragma once

#include "src/report/text/status_table.hpp"
#include "src/report/text/text_reporter.hpp"

#include <functional>
#include <nlohmann/json.hpp>

namespace snow_white::report {

using OrderedJson = nlohmann::ordered_json; // keeps the order of the keys

inline constexpr int json_version = 1;

struct JsonEvent {
    std::string name;
    OrderedJson fields = OrderedJson::object();
};

// The JSON events of an event: one, but for a report an `instance` for each instance and then the
// `report`. So every line stays short, whatever the fleet's size: container log drivers cut lines
// at 16 KB. `take` gets them one by one, so that thousands are never in memory together.
void json_events(const drain::Event& event, const RunInfo& run_info,
                 const std::function<void(const JsonEvent&)>& take);

JsonEvent status_event(const InstanceStatus& status);
JsonEvent sidekiq_event(const drain::SidekiqView& view);

// One line, without a line end.
std::string in_json(const JsonEvent& event, Instant at);

// Flushes `out` after each line.
class JsonReporter : public Reporter {
public:
    using Reporter::Reporter;
    void handle(const drain::Event& event) override;
    void write(const std::string& line) override;

private:
    void write(const JsonEvent& event);
};

} // namespace snow_white::report
