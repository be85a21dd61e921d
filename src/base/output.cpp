#include "src/base/output.hpp"

#include <cerrno>

namespace snow_white {

namespace {

int first_error = 0;

void keep_error(std::FILE* out, bool has_failed) {
    if (has_failed && out == stdout && first_error == 0) first_error = errno;
}

} // namespace

void write_text(std::FILE* out, std::string_view text) {
    keep_error(out, std::fwrite(text.data(), 1, text.size(), out) < text.size());
}

void write_line(std::FILE* out, std::string_view line) {
    write_text(out, line);
    write_text(out, "\n");
    keep_error(out, std::fflush(out) != 0);
}

int first_write_error() {
    return first_error;
}

} // namespace snow_white
