#include "sandbox/server/journal.hpp"
#include "sandbox/wire/time_format.hpp"

#include <strings.h>

#include <utility>

namespace sandbox {

namespace {

constexpr std::size_t longest_timeline = 100'000;
constexpr std::size_t most_requests = 2'000;

bool is_secret(const std::string& header) {
    return strcasecmp(header.c_str(), "Authorization") == 0 ||
           strcasecmp(header.c_str(), "X-Amz-Security-Token") == 0;
}

Json or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json raw(const HttpRequest& request, const JournalEntry& entry) {
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
        if (!is_secret(name)) headers[name] = value;
    return {{"method", request.method},
            {"path", request.path},
            {"headers", headers},
            {"body", request.body},
            {"region", or_null(entry.region)},
            {"service", entry.service},
            {"action", entry.action},
            {"status", entry.status},
            {"fault", or_null(entry.fault)}};
}

} // namespace

void Journal::record(JournalEntry entry, const HttpRequest& request) {
    requests_.push_back(raw(request, entry));
    if (requests_.size() > most_requests) requests_.pop_front();
    record(std::move(entry));
}

void Journal::record(JournalEntry entry) {
    ++total_;
    ++calls_[entry.service][entry.action];
    if (!entry.error.empty()) ++errors_[entry.error];
    if (!entry.fault.empty()) ++faults_[entry.fault];
    timeline_.push_back(std::move(entry));
    if (timeline_.size() > longest_timeline) timeline_.pop_front();
}

Json Journal::stats() const {
    Json timeline = Json::array();
    for (const JournalEntry& entry : timeline_)
        timeline.push_back({{"at", iso_time(entry.at)},
                            {"region", or_null(entry.region)},
                            {"service", entry.service},
                            {"action", entry.action},
                            {"caller", entry.caller.short_name()},
                            {"status", entry.status},
                            {"permissions", entry.permissions},
                            {"error", or_null(entry.error)},
                            {"fault", or_null(entry.fault)}});
    return {{"calls", calls_},
            {"total", total_},
            {"errors", errors_},
            {"faults", faults_},
            {"timeline", std::move(timeline)}};
}

Json Journal::requests() const {
    return Json(requests_);
}

} // namespace sandbox
