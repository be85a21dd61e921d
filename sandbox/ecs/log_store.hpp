// CloudWatch Logs as far as tasks need it: groups, streams, lines with a time, GetLogEvents with
// its tokens and FilterLogEvents. Safe to use from several threads: the tasks' output is put in as
// it comes. Failure: AwsError ResourceNotFoundException, InvalidParameterException. Source of names
// and limits: the logs service model (2014-03-28).
#pragma once

#include "sandbox/base/types.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

class LogStore {
public:
    void create_group(const std::string& group);
    void create_stream(const std::string& group, const std::string& stream);
    void put(const std::string& group, const std::string& stream, const std::string& line,
             Instant at);

    // Lines are there that long after they were put; a page has at most `page` of them, and an
    // empty one with a token that leads on comes before each. CloudWatch promises neither
    // (GetLogEvents' reference: a page may be partial or empty while more follow). None: lines are
    // there at once, in full pages.
    struct Lateness {
        Duration lag{0};
        std::size_t page = 3;
    };
    void deliver_late(Lateness lateness);

    Json get_log_events(const Json& parameters, Instant now = Instant::max()) const;
    Json filter_log_events(const Json& parameters) const; // log_filter.cpp

private:
    static constexpr std::size_t most_events = 10'000; // in an answer

    struct Event {
        Instant at;
        std::string message;

        long long milliseconds() const { return at.time_since_epoch().count(); }
    };
    using Stream = std::vector<Event>;
    using Streams = std::map<std::string, Stream>;

    static std::string group_of(const Json& parameters);
    static Json filtered_page(Json events, const Json& parameters);
    const Streams& streams_of(const std::string& group) const;
    const Stream& find(const std::string& group, const std::string& stream) const;

    mutable std::mutex mutex_;
    std::optional<Lateness> late_;
    std::map<std::string, Streams> groups_;
};

} // namespace sandbox
