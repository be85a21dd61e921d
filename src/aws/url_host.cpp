#include "src/aws/url_host.hpp"

namespace snow_white::aws {

std::string host_of(const std::string& url) {
    const auto start = url.find("://");
    const auto begin = start == std::string::npos ? 0 : start + 3;
    const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    return authority.substr(authority.rfind('@') + 1);
}

} // namespace snow_white::aws
