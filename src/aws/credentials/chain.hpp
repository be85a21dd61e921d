// Finds credentials and keeps them fresh. In: environment, files, metadata services; the profile
// that was asked for by name, or none. Out: keys good for at least five more minutes, or an error
// of kind ErrorKind::credentials that names the profile and the step that failed, and the way out.
// The order is botocore's: the environment (unless a profile was asked for by name), the profile
// (credentials_profile.hpp), the container's endpoint, the instance's metadata.
#pragma once

#include "src/aws/credentials/profile.hpp"

namespace snow_white::aws {

class CredentialsChain : public CredentialsProvider {
public:
    // `profile` empty: as the environment says. `region`: of the run, for STS; empty: as the
    // settings say. The references outlive this object. `prompt`: see terminal.hpp.
    CredentialsChain(const Environment& environment, const Settings& settings, std::string profile,
                     Http& http, Clock& clock, std::string region = "", Prompt prompt = {});
    CredentialsChain(const CredentialsChain&) = delete;
    CredentialsChain& operator=(const CredentialsChain&) = delete;

    Result<Credentials> get() override;
    void invalidate() override;

private:
    Result<Credentials> find();

    CredentialsContext context_;
    std::string profile_;
    ProfileCredentials profiles_;
    std::optional<Credentials> current_;
};

} // namespace snow_white::aws
