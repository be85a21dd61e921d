#include "src/aws/percent_encoding.hpp"

#include <cctype>
#include <fmt/format.h>

namespace snow_white::aws {

std::string percent_encoded(const std::string& text) {
    std::string encoded;
    for (const char byte : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                           std::string_view("-_.~").find(byte) != std::string_view::npos;
        encoded += plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return encoded;
}

} // namespace snow_white::aws
