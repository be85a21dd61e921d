// What the sources of credentials work with: passed on from the chain, so that each can be tested by itself.
#pragma once

#include "src/aws/http.hpp"
#include "src/aws/settings.hpp"
#include "src/aws/terminal.hpp"

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
