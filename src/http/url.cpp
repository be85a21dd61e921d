#include "src/http/url.hpp"

#include <cctype>
#include <fmt/format.h>

namespace snow_white {

std::string host_of(const std::string& url) {
    const auto start = url.find("://");
    const auto begin = start == std::string::npos ? 0 : start + 3;
    const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    return authority.substr(authority.rfind('@') + 1);
}

std::string percent_encoded(const std::string& text) {
    std::string encoded;
    for (const char byte : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                           std::string_view("-_.~").find(byte) != std::string_view::npos;
        encoded +=
            plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return encoded;
}

} // namespace snow_white
