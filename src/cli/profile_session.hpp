// The operator's own session with AWS: the profile's keys, for clients of any region. What a command on the
// operator's machine begins with.
#pragma once

#include "src/aws/credentials_chain.hpp"
#include "src/cli/commands.hpp"

namespace snow_white::cli {

class OperatorSession {
public:
    // `home`: the region whose STS resolves roles.
    OperatorSession(const Request& request, const std::string& home, Outside& outside)
        : outside_(outside), settings_(aws::read_settings(outside.environment, request.profile)),
          credentials_(outside.environment, settings_, request.profile, outside.http, outside.clock, home) {}

    // The session outlives its clients.
    aws::Client in(const std::string& region) {
        return {{settings_, outside_.http, outside_.clock, credentials_}, region};
    }

private:
    Outside& outside_;
    aws::Settings settings_;
    aws::CredentialsChain credentials_;
};

} // namespace snow_white::cli
