// How calls are made, as far as the operator's environment and files say. In: environment,
// profiles, the name of the profile that counts. Out: a value; what makes no sense is told in
// `problem`, and no call is made. The names are those of the AWS SDKs and Tools Reference Guide; a
// variable of the environment goes before the profile's setting. AWS_RETRY_MODE is accepted and
// changes nothing: our retries are the guide's `standard` ones. HTTPS_PROXY and NO_PROXY are
// libcurl's own (curl_http.hpp).
#pragma once

#include "src/aws/config/config_file.hpp"
#include "src/aws/config/operations.hpp"

#include <map>
#include <string>

namespace snow_white::aws {

struct Settings {
    std::string region;      // AWS_REGION, AWS_DEFAULT_REGION, region; empty: none
    bool fips = false;       // AWS_USE_FIPS_ENDPOINT, use_fips_endpoint
    bool dual_stack = false; // AWS_USE_DUALSTACK_ENDPOINT, use_dualstack_endpoint
    bool global_sts = false; // AWS_STS_REGIONAL_ENDPOINTS, sts_regional_endpoints: legacy
    int attempts = 5;        // AWS_MAX_ATTEMPTS, max_attempts: the first one counts
    std::string ca_bundle; // AWS_CA_BUNDLE, ca_bundle: a file of certificates; empty: the system's
    // By Service::id; "" is for those that are not named. From AWS_ENDPOINT_URL…, endpoint_url and
    // `services`.
    std::map<std::string, std::string, std::less<>> endpoint_urls;
    std::string problem;
};

// `profile` empty: as the environment says.
Settings read_settings(const Environment& environment, const std::string& profile);

} // namespace snow_white::aws
