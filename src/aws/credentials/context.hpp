// What the sources of credentials work with: passed on from the chain, so that each can be tested
// by itself.
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
    std::string region; // of the run: where STS is called; empty: as the settings say
};

} // namespace snow_white::aws
