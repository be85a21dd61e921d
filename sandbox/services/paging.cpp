#include "sandbox/services/paging.hpp"
#include "sandbox/wire/digest.hpp"

#include <algorithm>
#include <charconv>

namespace sandbox {

namespace {

// "<digest of the question>-<place>-<digest of both>"
std::string token_for(std::size_t place, const Json& question) {
    const std::string stem =
        sha256_hex(question.dump()).substr(0, 16) + "-" + std::to_string(place);
    return stem + "-" + sha256_hex(stem).substr(0, 16);
}

std::optional<std::size_t> place_in(const std::string& token, const Json& question) {
    const std::size_t first = token.find('-');
    if (first == std::string::npos) return std::nullopt;
    std::size_t place = 0;
    std::from_chars(token.data() + first + 1, token.data() + token.size(), place);
    if (token_for(place, question) != token) return std::nullopt;
    return place;
}

} // namespace

std::optional<Page> page_of(std::size_t total, std::size_t page_size, const std::string& token,
                            const Json& question) {
    Page page;
    if (!token.empty()) {
        const auto place = place_in(token, question);
        if (!place) return std::nullopt;
        page.begin = std::min(*place, total);
    }
    page.end = std::min(total, page.begin + page_size);
    if (page.end < total) page.next_token = token_for(page.end, question);
    return page;
}

} // namespace sandbox
