#include "sandbox/services/paging.hpp"
#include "sandbox/wire/aws_error.hpp"
#include "sandbox/wire/digest.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

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

Page page_of(const Json& parameters, const ListWords& words, std::size_t total) {
    Json question = parameters;
    question.erase(words.token);
    question.erase(words.size);
    question["action"] = words.action;
    question["region"] = words.region;
    const std::string token = parameters.value(words.token, "");
    std::size_t size = parameters.value(words.size, words.default_size);
    if (words.short_pages) size = token.empty() ? 0 : std::max<std::size_t>(1, size / 2);
    const std::optional<std::size_t> place = token.empty() ? 0 : place_in(token, question);
    if (!place) throw AwsError(words.token_error, words.token_complaint);
    Page page;
    page.begin = std::min(*place, total);
    page.end = std::min(total, page.begin + size);
    if (page.end < total) page.next_token = token_for(page.end, question);
    return page;
}

} // namespace sandbox
