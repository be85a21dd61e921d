// The manual page and the shells' completions, which are installed beside the program. In: the
// parser's table of flags (command_line.hpp). Out: the files' text.
#pragma once

#include <string>

namespace snow_white::cli {

std::string manual_page();         // in man(7)'s macros, section 1
std::string completion_for_bash(); // sourced, or found by bash-completion as snow-white
std::string completion_for_zsh();  // found in $fpath as _snow-white
std::string completion_for_fish(); // found as snow-white.fish

} // namespace snow_white::cli
