// Where a service's calls go. In: the settings, the service and the region. Out: the URL to post
// to, and the region to sign for. A URL of the settings counts as it is, whatever FIPS and
// dual-stack say (as botocore has it). Source of the rules: the endpoint rule sets and
// partitions.json that botocore ships.
#pragma once

#include "src/aws/config/operations.hpp"
#include "src/aws/config/settings.hpp"

#include <string>

namespace snow_white::aws {

struct Endpoint {
    std::string url;
    std::string signing_region;
};

Endpoint endpoint_of(const Settings& settings, const Service& service, const std::string& region);

} // namespace snow_white::aws
