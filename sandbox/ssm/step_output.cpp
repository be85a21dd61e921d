#include "sandbox/ssm/step_output.hpp"

#include <string_view>

namespace sandbox {

namespace {

constexpr std::string_view error_title = "\n----------ERROR-------\n";
constexpr std::string_view output_cut = "\n---Output truncated---";
constexpr std::string_view error_cut = "\n---Error truncated----";

// Never in the middle of a character: half of one would not be JSON.
std::size_t whole_characters(const std::string& text, std::size_t length) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    return length;
}

std::string cut(const std::string& text, std::size_t capacity, std::string_view suffix) {
    if (text.size() <= capacity) return text;
    return text.substr(0, whole_characters(text, capacity - suffix.size())).append(suffix);
}

} // namespace

std::string joined_output(const std::string& standard_output, const std::string& standard_error,
                          std::size_t capacity) {
    if (standard_error.empty()) return cut(standard_output, capacity, output_cut);
    const std::size_t room = capacity - error_title.size();
    const std::size_t half = room / 2;
    // Each stream may use what the other leaves over, and half of the room in any case.
    const std::size_t for_output =
        standard_error.size() < half ? room - standard_error.size() : half;
    const std::size_t for_error =
        standard_output.size() < half ? room - standard_output.size() : half;
    return cut(standard_output, for_output, output_cut)
        .append(error_title)
        .append(cut(standard_error, for_error, error_cut));
}

std::string cut_output(const std::string& standard_output) {
    return cut(standard_output, standard_output_limit, output_cut);
}

std::string cut_error(const std::string& standard_error) {
    return cut(standard_error, standard_error_limit, error_cut);
}

} // namespace sandbox
