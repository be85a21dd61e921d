// What an operator can ask for, and the words for it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace snow_white::drain {

enum class Action { quiet, wake, stop };
inline constexpr std::array all_actions{Action::quiet, Action::wake, Action::stop};

// `-a status`: it changes nothing, and so is no action.
inline constexpr std::string_view status_word = "status";

constexpr std::string_view name_of(Action action) {
    constexpr std::array<std::string_view, all_actions.size()> names{"quiet", "wake", "stop"};
    return names.at(static_cast<std::size_t>(action));
}

// What workers are after the action: "12 workers are quiet and idle".
constexpr std::string_view goal_text(Action action) {
    constexpr std::array<std::string_view, all_actions.size()> goals{"quiet and idle", "awake",
                                                                     "stopped"};
    return goals.at(static_cast<std::size_t>(action));
}

constexpr std::optional<Action> parse_action(std::string_view word) {
    for (const Action action : all_actions)
        if (word == name_of(action)) return action;
    return std::nullopt;
}

} // namespace snow_white::drain
