// A session with AWS: one profile's keys, for clients of any region. What a command begins with.
#pragma once

#include "src/aws/credentials/chain.hpp"
#include "src/cli/session/context.hpp"

#include <map>

namespace snow_white::cli {

class ProfileSession {
public:
    // `profile`: empty where no profile is: in the container, whose role has the keys. `home`: the
    // region whose STS resolves roles.
    ProfileSession(const std::string& profile, const std::string& home, Context& context)
        : context_(context), settings_(aws::read_settings(context.environment, profile)),
          credentials_(context.environment, settings_, profile, context.http, context.clock, home) {
    }
    ProfileSession(const ProfileSession&) = delete;
    ProfileSession& operator=(const ProfileSession&) = delete;

    // Each with a pace of its own, as each region has its own limits. The session outlives its
    // clients.
    aws::Client in(const std::string& region) {
        return {{settings_, context_.http, context_.clock, credentials_}, region};
    }
    aws::CredentialsProvider& keys() { return credentials_; }

private:
    Context& context_;
    aws::Settings settings_;
    aws::CredentialsChain credentials_;
};

// One for each profile of a request, so that a code or a token is asked for once, whatever the
// regions are.
class ProfileSessions {
public:
    ProfileSessions(const Request& request, Context& context) {
        for (const auto& profile : request.profiles)
            by_profile_.try_emplace(profile, request.mode == Mode::container ? "" : profile,
                                    request.region(), context);
    }

    aws::Client in(const RegionTarget& place) { return of(place.profile).in(place.region); }
    ProfileSession& of(const std::string& profile) { return by_profile_.at(profile); }

private:
    std::map<std::string, ProfileSession> by_profile_;
};

} // namespace snow_white::cli
