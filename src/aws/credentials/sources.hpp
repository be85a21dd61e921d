// The sources of credentials, each on its own; profile.hpp and chain.hpp have their order, and
// assume_role.hpp has STS. Each gives OptionalCredentials. Source of the settings and their
// meaning: AWS SDKs and Tools Reference Guide, the pages of the credential providers.
#pragma once

#include "src/aws/credentials/context.hpp"

namespace snow_white::aws {

// --- written in the environment or in a profile (static.cpp); one half of a pair of keys is an
// error

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or the older AWS_SECURITY_TOKEN),
// AWS_CREDENTIAL_EXPIRATION.
OptionalCredentials credentials_of_environment(const Environment& environment);

// aws_access_key_id, aws_secret_access_key, aws_session_token (or the older aws_security_token) of
// the profile `name` in one of the two files.
OptionalCredentials static_credentials(const ProfilesByName& file, const std::string& name);

// --- printed by a program (process.cpp). A shell runs it, with our environment; an error has the
// first line of its standard error. Source of export-credentials: `aws configure export-credentials
// help`.

// credential_process
OptionalCredentials credentials_of_process(const std::string& name, const Profile& profile,
                                           const Clock& clock);

// A profile of IAM Identity Center (sso_account_id, sso_role_name): `aws configure
// export-credentials` prints its keys, because the AWS CLI keeps and refreshes its tokens.
OptionalCredentials credentials_of_sso(const std::string& name, const Profile& profile,
                                       const Clock& clock);

// Likewise for a profile that `aws login` made (login_session).
OptionalCredentials credentials_of_login(const std::string& name, const Profile& profile,
                                         const Clock& clock);

// --- a container's role (container.cpp). In: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (ECS) or
// …_FULL_URI (EKS and others), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or …_TOKEN. Plain HTTP is
// allowed to addresses of this host only: loopback, 169.254.170.2 (ECS), 169.254.170.23 and
// fd00:ec2::23 (EKS). Three attempts of at most two seconds.

OptionalCredentials credentials_of_container(const CredentialsContext& context);

// --- an EC2 instance's role (instance_metadata.cpp), from IMDSv2 (with a session token), or IMDSv1
// where a service has no tokens, unless AWS_EC2_METADATA_V1_DISABLED. In:
// AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, …_ENDPOINT_MODE,
// AWS_METADATA_SERVICE_TIMEOUT (seconds) and …_NUM_ATTEMPTS, and the profile's settings of the same
// meaning. No answer means that this machine is no instance: that is no error, and by default takes
// at most two seconds.

OptionalCredentials credentials_of_instance(const CredentialsContext& context,
                                            const Profile& profile);

} // namespace snow_white::aws
