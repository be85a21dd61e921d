// Finds credentials and refreshes them. In: the environment, files, metadata services; a profile's
// name, or none. Out: keys that are valid for more than five minutes; or ErrorKind::credentials
// with the profile and the step that failed, and what to do. The order is botocore's: the
// environment (unless a profile was named), the profile (profile.hpp), the container's endpoint,
// the instance's metadata.
#pragma once

#include "src/aws/credentials/profile.hpp"

namespace snow_white::aws {

class CredentialsChain : public CredentialsProvider {
public:
    // `profile` empty: the environment's, or `default`. `region`: for STS; empty: the settings'.
    // `prompt` asks for MFA codes; empty: on the terminal. The references outlive this object.
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
