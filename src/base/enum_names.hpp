// One table of names for each enum. In: an array of rows, one for each enumerator:
//
//     constexpr EnumName<Light> light_names[] = {{Light::red, "red"}, {Light::green, "green"}};
//     static_assert(has_all_enumerators(light_names));
//
// Out: the name of a value, and the value of a name. The static_assert fails when an enumerator is
// added and its row is not. It sees enumerators from 0 to 127.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace snow_white {

template <class Enum> struct EnumName {
    Enum value;
    std::string_view name;      // for programs
    std::string_view text = {}; // for people, where that is not the name
};

// GCC and Clang print "Light::red" for an enumerator, and "(Light)7" for a value that is none.
template <auto value> consteval bool is_enumerator() {
    const std::string_view function = __PRETTY_FUNCTION__;
    return function[function.find_last_of(":)")] == ':';
}

// A table may have other columns than EnumName; the one called `value` is needed.
template <class Row, std::size_t count>
consteval bool has_all_enumerators(const Row (&table)[count]) {
    return [&table]<int... values>(std::integer_sequence<int, values...>) {
        using Enum = decltype(Row::value);
        const auto is_named = [&table](Enum value) {
            return std::ranges::count(table, value, &Row::value) == 1;
        };
        return (
            (!is_enumerator<static_cast<Enum>(values)>() || is_named(static_cast<Enum>(values))) &&
            ...);
    }
    (std::make_integer_sequence<int, 128>{});
}

// Empty for a value without a row.
template <class Enum, std::size_t count>
constexpr std::string_view name_of(const EnumName<Enum> (&table)[count], Enum value) {
    const auto* row = std::ranges::find(table, value, &EnumName<Enum>::value);
    return row == std::end(table) ? "" : row->name;
}

// The same for the text. Empty for a value without a row.
template <class Enum, std::size_t count>
constexpr std::string_view text_for(const EnumName<Enum> (&table)[count], Enum value) {
    const auto* row = std::ranges::find(table, value, &EnumName<Enum>::value);
    return row == std::end(table) ? "" : row->text;
}

// None for a name that is not in the table.
template <class Enum, std::size_t count>
constexpr std::optional<Enum> parse(const EnumName<Enum> (&table)[count], std::string_view name) {
    const auto* row = std::ranges::find(table, name, &EnumName<Enum>::name);
    return row == std::end(table) ? std::nullopt : std::optional(row->value);
}

} // namespace snow_white
