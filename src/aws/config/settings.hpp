// The operator's settings for AWS calls. In: the environment, the profiles, and a profile's name.
// Out: a value; an invalid setting is described in `problem`, and the client then makes no call.
// Names and meanings: AWS SDKs and Tools Reference Guide; a variable takes precedence over the
// profile's setting. AWS_RETRY_MODE has no effect: retries are always the guide's `standard` mode.
// libcurl reads HTTPS_PROXY and NO_PROXY itself (curl_http.hpp).
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
    int attempts = 5;        // AWS_MAX_ATTEMPTS, max_attempts: the first one included
    std::string ca_bundle;   // AWS_CA_BUNDLE, ca_bundle: a file; empty: the system's certificates
    // By Service::id; "" is for all other services. From AWS_ENDPOINT_URL…, endpoint_url and
    // `services`.
    std::map<std::string, std::string, std::less<>> endpoint_urls;
    std::string problem; // for the operator; empty: the settings are valid
};

// `profile_name` empty: the profile that the environment names, or `default`.
Settings read_settings(const Environment& environment, const std::string& profile_name);

} // namespace snow_white::aws
