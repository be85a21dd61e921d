// STS: temporary credentials of a role. In: the role, and either the keys of a principal that may
// assume it or a web identity's token (OIDC: EKS service accounts, GitHub Actions). Out: keys that
// expire, or STS's error. The call goes to the region of the run, else to that of the settings.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

struct RoleRequest {
    std::string arn;
    std::string session_name;
    // Optional: an empty one is not sent.
    std::string external_id;
    std::string duration_seconds;
    std::string mfa_serial;
    std::string mfa_code;
};

Result<Credentials> assume_role(const CredentialsContext& context, const Credentials& source,
                                const RoleRequest& role);

Result<Credentials> assume_role_with_web_identity(const CredentialsContext& context,
                                                  const std::string& token,
                                                  const RoleRequest& role);

// The profile's role_session_name, else "snow-white-1795510000"; CloudTrail shows it.
std::string session_name_of(const std::string& configured, Instant now);

// From AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME (unless
// `environment_counts` is false), else from the profile's web_identity_token_file, role_arn and
// role_session_name. The token's file is read each time: its maker replaces it.
OptionalCredentials credentials_of_web_identity(const CredentialsContext& context,
                                                const std::string& name, const Profile& profile,
                                                bool environment_counts);

} // namespace snow_white::aws
