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

Json raw(const HttpRequest& request, const JournalEntry& entry) {
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
        if (!is_secret(name)) headers[name] = value;
    return {{"method", request.method}, {"path", request.path},     {"headers", headers},
            {"body", request.body},     {"service", entry.service}, {"action", entry.action},
            {"status", entry.status}};
}

} // namespace

void Journal::record(JournalEntry entry, const HttpRequest& request) {
    ++total_;
    ++calls_[entry.service][entry.action];
    if (!entry.error.empty()) ++errors_[entry.error];
    requests_.push_back(raw(request, entry));
    timeline_.push_back(std::move(entry));
    if (requests_.size() > most_requests) requests_.pop_front();
    if (timeline_.size() > longest_timeline) timeline_.pop_front();
}

Json Journal::stats() const {
    Json timeline = Json::array();
    for (const JournalEntry& entry : timeline_)
        timeline.push_back({{"at", iso_time(entry.at)},
                            {"service", entry.service},
                            {"action", entry.action},
                            {"caller", entry.caller.short_name()},
                            {"status", entry.status},
                            {"permissions", entry.permissions},
                            {"error", entry.error.empty() ? Json() : Json(entry.error)}});
    return {{"calls", calls_}, {"total", total_}, {"errors", errors_}, {"timeline", std::move(timeline)}};
}

Json Journal::requests() const {
    return Json(requests_);
}

} // namespace sandbox
