// Keys of a role by a web identity's token (OIDC: EKS service accounts, GitHub Actions). In: the
// environment (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME), unless a profile
// was asked for by name; and the profile's web_identity_token_file, role_arn, role_session_name.
// Out: see Found. The token's file is read each time: whoever made it renews it.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

OptionalCredentials credentials_of_web_identity(const CredentialsContext& context,
                                                const std::string& name, const Profile& profile,
                                                bool environment_counts);

} // namespace snow_white::aws
