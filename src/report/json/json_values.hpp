// Values of our events: null where something is not known, lists, whole seconds.
#pragma once

#include "src/base/time_format.hpp"
#include "src/report/json/json_reporter.hpp"

#include <optional>

namespace snow_white::report {

// Null for an empty text, which means that the value is not known.
inline OrderedJson or_null(const std::string& text) {
    return text.empty() ? OrderedJson() : OrderedJson(text);
}

template <class Value> OrderedJson or_null(const std::optional<Value>& value) {
    return value ? OrderedJson(*value) : OrderedJson();
}

inline OrderedJson or_null(const std::optional<Instant>& time) {
    return time ? OrderedJson(iso_time(*time)) : OrderedJson();
}

template <class Items, class Make> OrderedJson list_of(const Items& items, Make make) {
    OrderedJson list = OrderedJson::array();
    for (const auto& item : items)
        list.push_back(make(item));
    return list;
}

inline std::int64_t seconds_of(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

} // namespace snow_white::report
