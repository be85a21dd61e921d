// FilterLogEvents, which `aws logs tail` calls: the lines of several streams as one, by time.
#include "sandbox/base/text.hpp"
#include "sandbox/ecs/log_store.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace sandbox {

namespace {

struct StreamFilter {
    explicit StreamFilter(const Json& parameters)
        : prefix(parameters.value("logStreamNamePrefix", "")) {
        for (const Json& name : parameters.value("logStreamNames", Json::array()))
            names.insert(name.get<std::string>());
        if (!names.empty() && !prefix.empty())
            throw AwsError("InvalidParameterException",
                           "logStreamNames and logStreamNamePrefix cannot be used together.");
    }

    bool accepts(const std::string& name) const {
        return names.empty() ? name.starts_with(prefix) : names.contains(name);
    }

    std::set<std::string> names;
    std::string prefix;
};

} // namespace

Json LogStore::filter_log_events(const Json& parameters) const {
    if (!parameters.value("filterPattern", "").empty())
        throw AwsError("InvalidParameterException",
                       "The sandbox knows no filterPattern but the empty one.");
    const std::scoped_lock guard(mutex_);
    const std::string group = group_of(parameters);
    const auto& streams = streams_of(group);
    const StreamFilter filter(parameters);
    for (const std::string& name : filter.names)
        find(group, name);

    const long long from = parameters.value("startTime", 0LL);
    const long long until = parameters.value("endTime", std::numeric_limits<long long>::max());
    Json events = Json::array();
    for (const auto& [name, stream] : streams) {
        if (!filter.accepts(name)) continue;
        for (std::size_t i = 0; i < stream.size(); ++i)
            if (const long long at = stream[i].milliseconds(); at >= from && at <= until)
                events.push_back(
                    {{"logStreamName", name},
                     {"timestamp", at},
                     {"message", stream[i].message},
                     {"ingestionTime", at},
                     {"eventId", sha256_hex(name + "/" + std::to_string(i)).substr(0, 56)}});
    }
    std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
        return a["timestamp"].get<long long>() < b["timestamp"].get<long long>();
    });
    return filtered_page(std::move(events), parameters);
}

// Lines are only ever added at the end, so a token may be the number of lines shown before.
Json LogStore::filtered_page(Json events, const Json& parameters) {
    const std::string token = parameters.value("nextToken", "0");
    const auto shown = parse_number<std::size_t>(token);
    if (!shown) throw AwsError("InvalidParameterException", "The specified nextToken is invalid.");
    const std::size_t begin = std::min(*shown, events.size());
    const std::size_t end = std::min(begin + parameters.value("limit", most_events), events.size());
    Json page = Json::array();
    for (std::size_t i = begin; i < end; ++i)
        page.push_back(std::move(events[i]));
    Json answer = {{"events", std::move(page)}, {"searchedLogStreams", Json::array()}};
    if (end < events.size()) answer["nextToken"] = std::to_string(end);
    return answer;
}

} // namespace sandbox
