#include "src/aws/pagination.hpp"

#include <fmt/format.h>
#include <set>

namespace snow_white::aws {

namespace {

constexpr std::size_t most_pages = 1'000; // of 50 instances at least

Error endless(const Operation& operation, const std::string& why) {
    return {.kind = ErrorKind::malformed,
            .service = std::string(operation.service.name),
            .action = std::string(operation.name),
            .message = "the list has no end: " + why};
}

} // namespace

Result<void> every_page(const Operation& operation,
                        const std::function<Result<std::string>(const std::string& token)>& page) {
    std::set<std::string> seen;
    for (std::string token; seen.size() < most_pages;) {
        const auto next = page(token);
        if (!next) return tl::unexpected(next.error());
        if (next->empty()) return {};
        if (!seen.insert(*next).second)
            return tl::unexpected(
                endless(operation, fmt::format("page {} names a page that was read already",
                                               seen.size() + 1)));
        token = *next;
    }
    return tl::unexpected(
        endless(operation, fmt::format("{} pages, and a further one", most_pages)));
}

} // namespace snow_white::aws
