// The keys of an EC2 instance's role, from its metadata service: version 2 (a session token first),
// and version 1 where an old service has no tokens, unless AWS_EC2_METADATA_V1_DISABLED. In:
// AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, …_ENDPOINT_MODE,
// AWS_METADATA_SERVICE_TIMEOUT (seconds) and …_NUM_ATTEMPTS, and the profile's settings of the same
// meaning. Out: see Found. A machine that is no instance is told by silence: it costs two seconds
// at the most, and is no error. Source: "IMDS credential provider", AWS SDKs and Tools Reference
// Guide.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

OptionalCredentials credentials_of_instance(const CredentialsContext& context,
                                            const Profile& profile);

} // namespace snow_white::aws
