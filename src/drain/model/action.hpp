// What an operator can ask for, and the words for it.
#pragma once

#include "src/base/enum_names.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace snow_white::drain {

enum class Action { quiet, wake, stop };
inline constexpr std::array all_actions{Action::quiet, Action::wake, Action::stop};

// `-a status`: it changes nothing, and so is no action.
inline constexpr std::string_view status_word = "status";

// The text is the goal: what workers are after the action.
inline constexpr EnumName<Action> action_names[] = {{Action::quiet, "quiet", "quiet and idle"},
                                                    {Action::wake, "wake", "awake"},
                                                    {Action::stop, "stop", "stopped"}};
static_assert(has_all_enumerators(action_names));

constexpr std::string_view name_of(Action action) {
    return name_of(action_names, action);
}

// "12 workers are quiet and idle"
constexpr std::string_view goal_text(Action action) {
    return text_for(action_names, action);
}

constexpr std::optional<Action> parse_action(std::string_view word) {
    return parse(action_names, word);
}

} // namespace snow_white::drain
