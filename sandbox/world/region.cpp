#include "sandbox/world/region.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox {

bool is_region(const std::string& name) {
    static const std::regex pattern(
        "(us|eu|ap|sa|ca|me|af|il|mx)-(central|(north|south)?(east|west)|north|south)-[1-9]");
    return std::regex_match(name, pattern);
}

std::string private_dns_name(const std::string& region, const std::string& private_ip) {
    std::string host = "ip-" + private_ip;
    std::ranges::replace(host, '.', '-');
    return region == "us-east-1" ? host + ".ec2.internal"
                                 : fmt::format("{}.{}.compute.internal", host, region);
}

} // namespace sandbox
