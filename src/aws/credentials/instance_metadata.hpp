// Credentials of an EC2 instance's role, from the instance metadata service: IMDSv2 (with a session
// token), or IMDSv1 where a service has no tokens, unless AWS_EC2_METADATA_V1_DISABLED. In:
// AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, …_ENDPOINT_MODE,
// AWS_METADATA_SERVICE_TIMEOUT (seconds) and …_NUM_ATTEMPTS, and the profile's settings of the same
// meaning. Out: OptionalCredentials. No answer means that this machine is no instance: that is no
// error, and by default takes at most two seconds. Source: "IMDS credential provider", AWS SDKs and
// Tools Reference Guide.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

OptionalCredentials credentials_of_instance(const CredentialsContext& context,
                                            const Profile& profile);

} // namespace snow_white::aws
