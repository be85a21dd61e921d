// STS: keys of a role. In: the role, and either the keys of who may assume it or a web identity's
// token. Out: keys that expire, or STS's own error. The call goes to the region of the run, or to
// that of the settings.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

struct RoleRequest {
    std::string arn;
    std::string session_name;
    // Each optional: empty is not sent.
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

// Who we are in CloudTrail where the profile has no role_session_name: "snow-white-1795510000".
std::string default_session_name(Instant now);

} // namespace snow_white::aws
