// Whether a list has an element: the one that equals `value`, by the projection.
#pragma once

#include <algorithm>
#include <functional>
#include <ranges>

namespace snow_white {

template <class List, class Value, class Projection = std::identity>
bool contains(const List& list, const Value& value, Projection projection = {}) {
    return std::ranges::find(list, value, projection) != std::ranges::end(list);
}

} // namespace snow_white
