#include "src/http/ca_bundle.hpp"

#include <filesystem>

namespace snow_white {

std::string other_ca_bundle(const std::string& root) {
    std::error_code ignored;
    if (std::filesystem::exists(root + "/etc/ssl/certs/ca-certificates.crt", ignored)) return {};
    for (const char* const path :
         {"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"})
        if (std::filesystem::exists(root + path, ignored)) return root + path;
    return {};
}

} // namespace snow_white
