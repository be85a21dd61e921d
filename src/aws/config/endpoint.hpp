// Resolves endpoints. In: the settings, the service and the region. Out: the URL of the service's
// calls, and the region to sign them for. A URL in the settings is used as it is, whatever FIPS and
// dual-stack are set to (as in botocore). Source of the rules: the endpoint rule sets and
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
