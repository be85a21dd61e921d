// A small file of the operator's, such as a token.
#pragma once

#include <optional>
#include <string>

namespace snow_white {

// None when it cannot be read; a folder cannot.
std::optional<std::string> read_text_file(const std::string& path);

} // namespace snow_white
