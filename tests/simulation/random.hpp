// Random choices from a seed: the same seed makes the same choices on every machine.
#pragma once

#include "src/base/clock.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace simulation {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    // From `low` to `high`, both included. (The standard's distributions differ between libraries.)
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low +
               static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
    }
    snow_white::Duration between(snow_white::Duration low, snow_white::Duration high) {
        return snow_white::Duration{between(low.count(), high.count())};
    }
    bool one_in(std::int64_t count) { return between(1, count) == 1; }
    template <class Item> const Item& pick(const std::vector<Item>& items) {
        return items[static_cast<std::size_t>(
            between(0, static_cast<std::int64_t>(items.size()) - 1))];
    }
    std::uint64_t seed() { return engine_(); }

private:
    std::mt19937_64 engine_;
};

} // namespace simulation
