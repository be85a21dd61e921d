#include "src/aws/pagination.hpp"

#include <fmt/format.h>
#include <set>

namespace snow_white::aws {

namespace {

constexpr std::size_t max_pages = 1'000; // of 50 instances at least

// `read` gets a token (empty: the first page) and returns the next one (empty: no further page).
Result<void> follow_tokens(const Operation& operation,
                           const std::function<Result<std::string>(const std::string&)>& read) {
    constexpr const char* no_end = "the list has no end: ";
    std::set<std::string> seen;
    for (std::string token; seen.size() < max_pages;) {
        const auto next = read(token);
        if (!next) return tl::unexpected(next.error());
        if (next->empty()) return {};
        if (!seen.insert(*next).second)
            return tl::unexpected(
                malformed(operation, fmt::format("{}page {} names a page that was read already",
                                                 no_end, seen.size() + 1)));
        token = *next;
    }
    return tl::unexpected(
        malformed(operation, fmt::format("{}{} pages, and a further one", no_end, max_pages)));
}

} // namespace

Result<void> every_page(Client& client, const Operation& operation, Json parameters,
                        const char* token, const std::function<void(const Json&)>& page) {
    return follow_tokens(operation, [&](const std::string& current) {
        if (!current.empty()) parameters[token] = current;
        return client.json(operation, parameters, [&](const Json& answer) -> Result<std::string> {
            page(answer);
            return answer.value(token, "");
        });
    });
}

Result<void> every_page(Client& client, const Operation& operation, const Parameters& parameters,
                        const std::function<std::string(const pugi::xml_node&)>& page) {
    return follow_tokens(operation, [&](const std::string& current) {
        Parameters with_token = parameters;
        if (!current.empty()) with_token.emplace_back("NextToken", current);
        return client.query(operation, with_token).map([&page](const Xml& answer) {
            return page(answer->document_element());
        });
    });
}

} // namespace snow_white::aws
