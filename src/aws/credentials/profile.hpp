// The keys of a profile, whatever it is made of. In: its name. Out: see Found; "none" when the
// profile says nothing about keys. Roles are assumed along chains of source_profile; a chain that
// comes back to itself is an error. The order is botocore's: role_arn, web identity, SSO, keys in
// the credentials file, `aws login`, credential_process, keys in the config file.
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

    // The files are read each time: somebody may have logged in meanwhile.
    OptionalCredentials find(const std::string& name, bool environment_counts);
    // The roles that were assumed: they are assumed anew.
    void invalidate() { assumed_.clear(); }

private:
    using Path = std::vector<std::string>; // the profiles visited, the first one first

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
    std::map<std::string, Credentials>
        assumed_; // by profile: a role within a chain is not assumed each time
    std::map<std::string, Error> refusals_; // by profile: an MFA code is asked for once
};

} // namespace snow_white::aws
