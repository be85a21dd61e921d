// Credentials of a container's role. In: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (ECS) or …_FULL_URI
// (EKS and others), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or …_TOKEN. Out: OptionalCredentials.
// Plain HTTP is allowed to addresses of this host only: loopback, 169.254.170.2 (ECS),
// 169.254.170.23 and fd00:ec2::23 (EKS). Three attempts of at most two seconds. Source: "Container
// credential provider", AWS SDKs and Tools Reference Guide.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

OptionalCredentials credentials_of_container(const CredentialsContext& context);

} // namespace snow_white::aws
