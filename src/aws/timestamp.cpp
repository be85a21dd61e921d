#include "src/aws/timestamp.hpp"

#include <ctime>

namespace snow_white::aws {

std::optional<Instant> parse_timestamp(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (end == nullptr) return std::nullopt;
    return Instant{std::chrono::seconds{timegm(&parts)}};
}

} // namespace snow_white::aws
