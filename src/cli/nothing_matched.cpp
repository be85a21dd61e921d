#include "src/cli/nothing_matched.hpp"

#include "src/report/selection_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

std::string why_nothing_matched(const std::vector<aws::EbEnvironment>& environments, const Request& request) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        if (environment.status != "Terminated") names.push_back(environment.name); // shown for an hour yet
    if (names.empty())
        return fmt::format("-p: application \"{}\" has no environment in {}; check -p and -r",
                           request.application, request.region());
    return fmt::format("-e: {} has no environment {} (there: {}; the case counts)", request.application,
                       report::in_words(request.pattern), fmt::join(names, ", "));
}

} // namespace snow_white::cli
