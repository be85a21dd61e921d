#include "sandbox/services/paging.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sandbox {

namespace {

// "<digest of the call>-<begin>-<digest of both>"
std::string token_for(std::size_t begin, const Json& call) {
    const std::string stem = sha256_hex(call.dump()).substr(0, 16) + "-" + std::to_string(begin);
    return stem + "-" + sha256_hex(stem).substr(0, 16);
}

std::optional<std::size_t> begin_in(const std::string& token, const Json& call) {
    const std::size_t first = token.find('-');
    if (first == std::string::npos) return std::nullopt;
    std::size_t begin = 0;
    std::from_chars(token.data() + first + 1, token.data() + token.size(), begin);
    if (token_for(begin, call) != token) return std::nullopt;
    return begin;
}

} // namespace

Page page_of(const Json& parameters, const ListWords& words, std::size_t total) {
    Json call = parameters;
    call.erase(words.token);
    call.erase(words.size);
    call["action"] = words.action;
    call["region"] = words.region;
    const std::string token = parameters.value(words.token, "");
    std::size_t size = parameters.value(words.size, words.default_size);
    if (words.short_pages) size = token.empty() ? 0 : std::max<std::size_t>(1, size / 2);
    const std::optional<std::size_t> begin = token.empty() ? 0 : begin_in(token, call);
    if (!begin) throw AwsError(words.token_error, words.token_complaint);
    Page page{.begin = std::min(*begin, total)};
    page.end = std::min(total, page.begin + size);
    if (page.end < total) page.next_token = token_for(page.end, call);
    return page;
}

} // namespace sandbox
