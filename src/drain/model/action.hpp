// What an operator can ask for, and the words for it.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace snow_white::drain {

enum class Action { quiet, wake, stop };
inline constexpr std::array all_actions{Action::quiet, Action::wake, Action::stop};

// The question beside the three: it changes nothing, and is no action.
inline constexpr std::string_view status_word = "status";

constexpr std::string_view name_of(Action action) {
    switch (action) {
    case Action::quiet:
        return "quiet";
    case Action::wake:
        return "wake";
    case Action::stop:
        return "stop";
    }
    return "";
}

// What a worker is once the action is done: "12 workers are quiet and idle".
constexpr std::string_view goal_text(Action action) {
    switch (action) {
    case Action::quiet:
        return "quiet and idle";
    case Action::wake:
        return "awake";
    case Action::stop:
        return "stopped";
    }
    return "";
}

constexpr std::optional<Action> parse_action(std::string_view word) {
    for (const Action action : all_actions)
        if (word == name_of(action)) return action;
    return std::nullopt;
}

} // namespace snow_white::drain
