// Credentials written in the environment or in a profile. In: the environment, or a file's
// profiles. Out: OptionalCredentials; one half of a pair of keys is an error.
#pragma once

#include "src/aws/config/config_file.hpp"
#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or the older AWS_SECURITY_TOKEN),
// AWS_CREDENTIAL_EXPIRATION.
OptionalCredentials credentials_of_environment(const Environment& environment);

// aws_access_key_id, aws_secret_access_key, aws_session_token (or the older aws_security_token) of
// the profile `name` in one of the two files.
OptionalCredentials static_credentials(const ProfilesByName& file, const std::string& name);

} // namespace snow_white::aws
