// Reads small text files, such as a token or the output of a child process.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

namespace snow_white {

// From the file's position to its end, or to the first read error.
std::string read_rest(std::FILE* file);

// None: the file cannot be read, or it is a folder.
std::optional<std::string> read_text_file(const std::string& path);

} // namespace snow_white
