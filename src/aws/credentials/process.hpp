// Credentials that a program prints. In: a profile. Out: OptionalCredentials; an error has the
// first line of the program's standard error. A shell runs the program, with our environment.
// Sources: "Process credential provider", AWS SDKs and Tools Reference Guide; `aws configure
// export-credentials help`.
#pragma once

#include "src/aws/config/config_file.hpp"
#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

// credential_process
OptionalCredentials credentials_of_process(const std::string& name, const Profile& profile);

// A profile of IAM Identity Center (sso_account_id, sso_role_name): `aws configure
// export-credentials` prints its keys, because the AWS CLI keeps and refreshes its tokens.
OptionalCredentials credentials_of_sso(const std::string& name, const Profile& profile);

// Likewise for a profile that `aws login` made (login_session).
OptionalCredentials credentials_of_login(const std::string& name, const Profile& profile);

} // namespace snow_white::aws
