#pragma once

#include <cstdio>
#include <string>

namespace test {

// What was written to a std::tmpfile(); closes it.
inline std::string read_and_close(std::FILE* file) {
    std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
    std::rewind(file);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
}

} // namespace test
