// Parts of a list, in order: AWS's calls and Slack's messages take limited lists. std::views would
// say the same, but clang 14 (Debian 12's, for the fuzzers and clang-tidy) does not compile them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace snow_white {

// Parts of at most `size` items.
template <class Item>
std::vector<std::vector<Item>> chunk(const std::vector<Item>& items, std::size_t size) {
    std::vector<std::vector<Item>> chunks;
    for (std::size_t begin = 0; begin < items.size(); begin += size) {
        const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto count = static_cast<std::ptrdiff_t>(std::min(size, items.size() - begin));
        chunks.emplace_back(first, first + count);
    }
    return chunks;
}

// At most the first `most`. The list outlives the part.
template <class Item>
std::span<const Item> first_of(const std::vector<Item>& items, std::size_t most) {
    return std::span(items).first(std::min(items.size(), most));
}

// What first_of() leaves out.
template <class Item>
std::span<const Item> rest_of(const std::vector<Item>& items, std::size_t most) {
    return std::span(items).subspan(std::min(items.size(), most));
}

// Shortens the list to `most` items. Out: how many it has lost.
template <class Item> std::size_t cut(std::vector<Item>& items, std::size_t most) {
    const std::size_t lost = items.size() - std::min(items.size(), most);
    items.resize(items.size() - lost);
    return lost;
}

} // namespace snow_white
