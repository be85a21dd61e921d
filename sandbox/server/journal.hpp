// What was asked of the sandbox, for GET /_sandbox/stats and GET /_sandbox/requests. Bounded: the counts are
// of everything, the timeline is the last 100,000 calls, the raw requests are the last 2,000.
#pragma once

#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/http_message.hpp"

#include <deque>
#include <set>

namespace sandbox {

struct JournalEntry {
    snow_white::Instant at{};
    std::string service;
    std::string action;
    Caller caller;
    std::set<std::string> permissions; // IAM actions that the call needed and the caller had
    int status = 0;
    std::string error; // AWS's code; empty when all went well
};

class Journal {
public:
    void record(JournalEntry entry, const HttpRequest& request);

    Json stats() const;
    Json requests() const; // without signatures and session tokens

private:
    std::map<std::string, std::map<std::string, long long>> calls_; // service -> action -> count
    std::map<std::string, long long> errors_;
    long long total_ = 0;
    std::deque<JournalEntry> timeline_;
    std::deque<Json> requests_;
};

} // namespace sandbox
