// Credentials of a profile. In: its name. Out: OptionalCredentials; none: the profile has no
// settings for credentials. Roles are assumed along a chain of source_profile; a circular chain is
// an error. The order is botocore's: role_arn, web identity, SSO, keys in the credentials file,
// `aws login`, credential_process, keys in the config file.
#pragma once

#include "src/aws/credentials/context.hpp"

#include <map>
#include <set>
#include <vector>

namespace snow_white::aws {

class ProfileCredentials {
public:
    // The context outlives this object.
    explicit ProfileCredentials(const CredentialsContext& context) : context_(context) {}

    // Reads the files each time: the operator may have logged in meanwhile.
    OptionalCredentials find(const std::string& name, bool environment_counts);
    // Roles will be assumed again.
    void invalidate() { assumed_.clear(); }

private:
    using Path = std::vector<std::string>; // the profiles visited so far, in order

    OptionalCredentials without_role(const Profiles& profiles, const std::string& name,
                                     bool environment_counts) const;
    Result<Credentials> with_role(const Profiles& profiles, const std::string& name, Path visited);
    Result<Credentials> source_of(const Profiles& profiles, const std::string& name,
                                  const Path& visited);
    Result<Credentials> source_profile_of(const Profiles& profiles, const std::string& name,
                                          const std::string& source, Path visited);
    Result<Credentials> credential_source_of(const std::string& name, const Profile& profile) const;
    Result<std::string> mfa_code(const std::string& name, const std::string& serial);

    const CredentialsContext& context_;
    // Both by profile. A role is not assumed again while its keys are fresh, and an MFA code is
    // asked for once.
    std::map<std::string, Credentials> assumed_;
    std::map<std::string, Error> mfa_errors_;
};

} // namespace snow_white::aws
