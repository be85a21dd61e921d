// Keys that another program hands out. In: the profile. Out: see Found. The program is run as a
// shell would run it, with our environment; what it prints is read, and of what it complains of the
// first line gets into the error. Sources: "Process credential provider" of the AWS SDKs and Tools
// Reference Guide; `aws configure export-credentials help`.
#pragma once

#include "src/aws/config/config_file.hpp"
#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

// credential_process
OptionalCredentials credentials_of_process(const std::string& name, const Profile& profile);

// A profile of IAM Identity Center (sso_account_id, sso_role_name), whose token cache and renewal
// are the AWS CLI's business: it is asked by `aws configure export-credentials`.
OptionalCredentials credentials_of_sso(const std::string& name, const Profile& profile);

// The same for a profile that `aws login` made (login_session).
OptionalCredentials credentials_of_login(const std::string& name, const Profile& profile);

} // namespace snow_white::aws
