// What was asked of the sandbox, for GET /_sandbox/stats and GET /_sandbox/requests. Bounded: the
// counts are of everything, the timeline is the last 100,000 calls, the raw requests are the last
// 2,000.
#pragma once

#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/http_message.hpp"

#include <deque>
#include <set>

namespace sandbox {

struct JournalEntry {
    Instant at{};
    std::string region; // empty: outside AWS
    std::string service;
    std::string action;
    Caller caller;
    std::set<std::string> permissions; // IAM actions that the call needed and the caller had
    int status = 0;                    // 0: a fault let nothing be done and answered nothing
    std::string error;                 // AWS's code; empty when all went well
    std::string fault;                 // the kind that was injected; empty for none
};

class Journal {
public:
    void record(JournalEntry entry, const HttpRequest& request);
    // Without the request, which may be a secret (Slack's path is).
    void record(JournalEntry entry);

    Json stats() const;
    Json requests() const; // without signatures and session tokens

private:
    std::map<std::string, std::map<std::string, long long>> calls_; // service -> action -> count
    std::map<std::string, long long> errors_;
    std::map<std::string, long long> faults_;
    long long total_ = 0;
    std::deque<JournalEntry> timeline_;
    std::deque<Json> requests_;
};

} // namespace sandbox
