// What a test's file was given, and the file's end.
#pragma once

#include <cstdio>
#include <string>

namespace test {

inline std::string taken(std::FILE* file) {
    std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
    std::rewind(file);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
}

} // namespace test
