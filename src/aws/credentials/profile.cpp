#include "src/aws/credentials/profile.hpp"

#include "src/aws/credentials/assume_role.hpp"
#include "src/aws/credentials/sources.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::aws {

namespace {

bool has_role(const Profile& profile) {
    return profile.contains("role_arn") && !profile.contains("web_identity_token_file");
}

bool has_static_keys(const Profile& profile) {
    return profile.contains("aws_access_key_id") || profile.contains("aws_secret_access_key");
}

// Anything but a number is ignored, as in botocore.
std::string duration_of(const Profile& profile) {
    const std::string text = setting(profile, "duration_seconds");
    return text.find_first_not_of("0123456789") == std::string::npos ? text : std::string{};
}

// `when_none`: the error's message.
Result<Credentials> required(const OptionalCredentials& found, const std::string& when_none) {
    if (!found) return tl::unexpected(found.error());
    if (!*found) return refused("{}", when_none);
    return **found;
}

} // namespace

OptionalCredentials ProfileCredentials::find(const std::string& name, bool environment_counts) {
    const auto profiles = read_profiles(context_.environment);
    if (has_role(profiles.named(name))) return with_role(profiles, name, {name});
    return without_role(profiles, name, environment_counts);
}

OptionalCredentials ProfileCredentials::without_role(const Profiles& profiles,
                                                     const std::string& name,
                                                     bool environment_counts) const {
    const Profile& profile = profiles.named(name);
    OptionalCredentials found =
        credentials_of_web_identity(context_, name, profile, environment_counts);
    const auto none_yet = [&found] { return found && !*found; };
    if (none_yet()) found = credentials_of_sso(name, profile, context_.clock);
    if (none_yet()) found = static_credentials(profiles.of_credentials_file, name);
    if (none_yet()) found = credentials_of_login(name, profile, context_.clock);
    if (none_yet()) found = credentials_of_process(name, profile, context_.clock);
    if (none_yet()) found = static_credentials(profiles.of_config_file, name);
    return found;
}

Result<Credentials> ProfileCredentials::with_role(const Profiles& profiles, const std::string& name,
                                                  Path visited) {
    if (const auto known = assumed_.find(name);
        known != assumed_.end() && is_fresh(known->second, context_.clock.now()))
        return known->second;
    const auto source = source_of(profiles, name, visited);
    if (!source) return source;
    const Profile& profile = profiles.named(name);
    RoleRequest role{.arn = setting(profile, "role_arn"),
                     .session_name = session_name_of(setting(profile, "role_session_name"),
                                                     context_.clock.now()),
                     .external_id = setting(profile, "external_id"),
                     .duration_seconds = duration_of(profile),
                     .mfa_serial = setting(profile, "mfa_serial")};
    if (!role.mfa_serial.empty()) {
        const auto code = mfa_code(name, role.mfa_serial);
        if (!code) return tl::unexpected(code.error());
        role.mfa_code = *code;
    }
    const auto keys = assume_role(context_, *source, role);
    if (keys) return assumed_[name] = *keys;
    auto failed =
        refused("profile {}: AssumeRole of {} failed ({}); may the keys of {} assume it, by "
                "the role's trust policy?",
                name, role.arn, describe(keys.error()),
                setting(profile, "source_profile") + setting(profile, "credential_source"));
    if (!role.mfa_serial.empty()) mfa_errors_[name] = failed.value();
    return failed;
}

Result<Credentials> ProfileCredentials::source_of(const Profiles& profiles, const std::string& name,
                                                  const Path& visited) {
    const Profile& profile = profiles.named(name);
    const std::string source_profile = setting(profile, "source_profile");
    const bool has_source = profile.contains("credential_source");
    if (source_profile.empty() != has_source)
        return refused(
            "profile {} has role_arn and {} source_profile {} credential_source: write {}", name,
            has_source ? "both" : "neither", has_source ? "and" : "nor",
            has_source ? "one of them only" : "the one whose keys may assume the role");
    return has_source ? credential_source_of(name, profile)
                      : source_profile_of(profiles, name, source_profile, visited);
}

Result<Credentials> ProfileCredentials::source_profile_of(const Profiles& profiles,
                                                          const std::string& name,
                                                          const std::string& source, Path visited) {
    if (!profiles.by_name.contains(source))
        return refused("profile {0}: its source_profile {1} is not in {2}; make it with: aws "
                       "configure --profile {1}",
                       name, source, profiles.read_from);
    const Profile& profile = profiles.named(source);
    // A profile may name itself as the source of its static keys.
    const bool again = std::ranges::find(visited, source) != visited.end();
    visited.push_back(source);
    if (again && (source != name || !has_static_keys(profile)))
        return refused("profile {}: source_profile goes round in a circle: {}", visited.front(),
                       fmt::join(visited, " -> "));
    if (has_role(profile) && !has_static_keys(profile)) return with_role(profiles, source, visited);
    return required(
        without_role(profiles, source, false),
        fmt::format("profile {0}: its source_profile {1} has no keys; give it some with: aws "
                    "configure --profile {1}",
                    name, source));
}

Result<Credentials> ProfileCredentials::credential_source_of(const std::string& name,
                                                             const Profile& profile) const {
    const std::string source = setting(profile, "credential_source");
    OptionalCredentials found = std::nullopt;
    if (source == "Environment")
        found = credentials_of_environment(context_.environment);
    else if (source == "EcsContainer")
        found = credentials_of_container(context_);
    else if (source == "Ec2InstanceMetadata")
        found = credentials_of_instance(context_, profile);
    else
        return refused(
            "profile {}: credential_source is \"{}\"; there are Environment, EcsContainer "
            "and Ec2InstanceMetadata",
            name, source);
    if (!found)
        return refused("profile {}: credential_source {}: {}", name, source, found.error().message);
    return required(found,
                    fmt::format("profile {}: credential_source {} has no keys here", name, source));
}

Result<std::string> ProfileCredentials::mfa_code(const std::string& name,
                                                 const std::string& serial) {
    if (const auto known = mfa_errors_.find(name); known != mfa_errors_.end())
        return tl::unexpected(known->second);
    const auto code = context_.prompt(fmt::format("MFA code of {} for profile {}: ", serial, name));
    const auto error =
        code ? refused("profile {}: its MFA session has ended, and a run does not ask for a new "
                       "code; run the command again (duration_seconds in the "
                       "profile makes sessions longer)",
                       name)
             : refused("profile {}: its role needs an MFA code of {}, and {}; run the command at a "
                       "terminal, or use a profile without mfa_serial",
                       name, serial, code.error().message);
    mfa_errors_[name] = error.value(); // of the next request for a code
    if (!code) return error;
    return code;
}

} // namespace snow_white::aws
