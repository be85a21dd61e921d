// snow-white-check on a log whose every byte may come from elsewhere.
#include "src/promises/check_command.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

void fuzz::logs(const std::string& bytes) {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = open_memstream(&text, &size);
    std::istringstream in(bytes);
    const auto code = snow_white::promises::check({"-"}, in, out, out);
    std::fclose(out);
    const std::string said(text, size);
    std::free(text); // NOLINT: open_memstream's
    using snow_white::promises::CheckCode;
    expect(code == CheckCode::kept || code == CheckCode::broken || code == CheckCode::usage,
           "it ends");
    expect(std::ranges::none_of(
               said, [](unsigned char c) { return (c < ' ' && c != '\n') || c == 0x7f; }),
           "no terminal is steered");
    const auto lines = lines_of(said).size();
    expect((code == CheckCode::broken) == (lines > 1), "a broken promise is a line");
}
