// Finds an element of a list or a map.
#pragma once

#include <algorithm>

namespace sandbox {

// The first element of the list whose `member` is `value`; null: there is none.
template <class List, class Member, class Value>
auto* find_by(List& list, Member member, const Value& value) {
    const auto found = std::ranges::find(list, value, member);
    return found == list.end() ? nullptr : &*found;
}

// The map's value of that key; null: it has none.
template <class Map> auto* find_key(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

// Also of a list in JSON, which is no std::ranges range as src/base/contains.hpp wants it.
template <class List, class Value> bool contains(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

} // namespace sandbox
