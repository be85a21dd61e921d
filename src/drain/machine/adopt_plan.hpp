// Whom a command that was found in flight leaves to be told. Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

template <class Item> bool contains(const std::vector<Item>& list, const Item& item) {
    return std::ranges::find(list, item) != list.end();
}

// Something else was asked of it after this command.
bool is_superseded(const Adopt& adopt, const OpenCommand& command, const InstanceId& id,
                   const std::string& environment);

// One of the commands that were found is the last that was asked of it.
bool was_found(const Adopt& adopt, const TrackedInstance& instance);

// What is pending, less those that the commands that were found take care of.
std::vector<CommandSpec> without_adopted(const State& state, const Adopt& adopt, Now now);

} // namespace snow_white::drain
