#include "src/aws/credentials/chain.hpp"

#include "src/aws/credentials/sources.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

Prompt prompt_or_terminal(Prompt prompt, const Clock& clock) {
    if (prompt) return prompt;
    return [&clock](const std::string& question) {
        return ask_on_terminal(question, clock, Echo::off);
    };
}

tl::unexpected<Error> nothing_found(const std::string& profile, bool named) {
    if (named)
        return refused("profile {0} has no credentials; give it some with: aws configure --profile "
                       "{0} (or aws configure sso --profile {0})",
                       profile);
    return refused(
        "no AWS credentials found: no AWS_ACCESS_KEY_ID, no profile, no role of a container or an "
        "instance; name a profile with -f");
}

} // namespace

CredentialsChain::CredentialsChain(const Environment& environment, const Settings& settings,
                                   std::string profile, Http& http, Clock& clock,
                                   std::string region, Prompt prompt)
    : context_{environment,
               settings,
               http,
               clock,
               prompt_or_terminal(std::move(prompt), clock),
               std::move(region)},
      profile_(std::move(profile)), profiles_(context_) {}

Result<Credentials> CredentialsChain::get() {
    if (current_ && is_fresh(*current_, context_.clock.now())) return *current_;
    auto found = find();
    if (found) current_ = *found;
    // Keys that cannot be refreshed now are used until they expire.
    else if (current_ && *current_->expires > context_.clock.now())
        return *current_;
    return found;
}

void CredentialsChain::invalidate() {
    current_.reset();
    profiles_.invalidate();
}

Result<Credentials> CredentialsChain::find() {
    const std::string name = chosen_profile(context_.environment, profile_);
    const bool named = !profile_.empty() || context_.environment.has("AWS_DEFAULT_PROFILE") ||
                       context_.environment.has("AWS_PROFILE");
    const auto profiles = read_profiles(context_.environment);
    if (named && !profiles.by_name.contains(name))
        return profiles.problem.empty()
                   ? refused("profile {0} is not in {1} (there: {2}); make it with: aws configure "
                             "--profile {0}",
                             name, profiles.read_from, names_of(profiles))
                   : refused("profile {} was not found: {}", name, profiles.problem);
    OptionalCredentials found = std::nullopt;
    const auto none_yet = [&found] { return found && !*found; };
    if (profile_.empty()) found = credentials_of_environment(context_.environment);
    if (none_yet()) found = profiles_.find(name, profile_.empty());
    if (none_yet()) found = credentials_of_container(context_);
    if (none_yet()) found = credentials_of_instance(context_, profiles.named(name));
    if (!found) return tl::unexpected(found.error());
    if (*found) return **found;
    if (!profiles.problem.empty()) return refused("no AWS credentials found: {}", profiles.problem);
    return nothing_found(name, named);
}

} // namespace snow_white::aws
