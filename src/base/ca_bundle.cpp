#include "src/base/ca_bundle.hpp"

#include <filesystem>

namespace snow_white {

std::string system_ca_bundle(const std::string& root) {
    std::error_code ignored;
    for (const char* const path :
         {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"})
        if (std::filesystem::exists(root + path, ignored)) return root + path;
    return {};
}

} // namespace snow_white
