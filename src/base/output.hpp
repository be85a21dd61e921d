// Writes text for people or programs. An output that does not take it is no reason to stop a run:
// the stream keeps the error (ferror), and main turns it into the exit code. fmt::print would
// throw.
#pragma once

#include <cstdio>
#include <string_view>

namespace snow_white {

void write_text(std::FILE* out, std::string_view text);

// The text and a newline, flushed: a reader of the output sees each line at once.
void write_line(std::FILE* out, std::string_view line);

// Why standard output did not take something, as an errno: the first reason. 0: it took all.
int first_write_error();

} // namespace snow_white
