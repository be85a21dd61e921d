#include "src/base/trimmed.hpp"

namespace snow_white {

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace snow_white
