// Where a service answers. In: environment, service, region. Out: the URL and the region to sign for.
// AWS_ENDPOINT_URL_<SERVICE> before AWS_ENDPOINT_URL before the partition's own host names.
#pragma once

#include "src/aws/environment.hpp"
#include "src/aws/operations.hpp"

#include <string>

namespace snow_white::aws {

struct Endpoint {
    std::string url;
    std::string signing_region;
};

Endpoint endpoint_of(const Environment& environment, const Service& service, const std::string& region);

} // namespace snow_white::aws
