// "1 instance", "2 instances"
#pragma once

#include <concepts>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace snow_white {

std::string pluralize(std::integral auto count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// "1 process", "2 processes"
std::string pluralize(std::integral auto count, std::string_view one, std::string_view several) {
    return fmt::format("{} {}", count, count == 1 ? one : several);
}

} // namespace snow_white
