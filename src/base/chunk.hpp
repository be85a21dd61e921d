// Cuts a list into parts of at most `size` items, in order: AWS's calls take limited lists.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace snow_white {

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

} // namespace snow_white
