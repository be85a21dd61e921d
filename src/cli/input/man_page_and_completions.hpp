// What is installed beside the program and tells of its flags: the manual's page and the shells'
// completions. All of it is made from the parser's own table (options.hpp).
#pragma once

#include <string>

namespace snow_white::cli {

std::string manual_page();         // man(7)'s macros, section 1
std::string completion_for_bash(); // sourced, or found by bash-completion as snow-white
std::string completion_for_zsh();  // found in $fpath as _snow-white
std::string completion_for_fish(); // found as snow-white.fish

} // namespace snow_white::cli
