// What the chain passes to the sources of credentials. Each source can be tested alone.
#pragma once

#include "src/aws/config/settings.hpp"
#include "src/aws/credentials/credentials.hpp"
#include "src/aws/credentials/mfa_prompt.hpp"
#include "src/http/http.hpp"

namespace snow_white::aws {

struct CredentialsContext {
    const Environment& environment;
    const Settings& settings;
    Http& http;
    Clock& clock;
    Prompt prompt;      // for an MFA code
    std::string region; // for STS: of the run; empty: the settings' region
};

} // namespace snow_white::aws
