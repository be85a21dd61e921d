#include "src/aws/credentials/web_identity.hpp"

#include "src/aws/credentials/assume_role.hpp"
#include "src/base/text_file.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

OptionalCredentials credentials_of_web_identity(const CredentialsContext& context,
                                                const std::string& name, const Profile& profile,
                                                bool environment_counts) {
    const auto value = [&](const char* variable, const char* key) {
        const std::string of_profile = setting(profile, key);
        return environment_counts ? context.environment.get(variable, of_profile) : of_profile;
    };
    const std::string path = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (path.empty()) return std::nullopt;
    const RoleRequest role{.arn = value("AWS_ROLE_ARN", "role_arn"),
                           .session_name = value("AWS_ROLE_SESSION_NAME", "role_session_name")};
    if (role.arn.empty())
        return refused(fmt::format("profile {}: there is a web identity's token and no role: set "
                                   "role_arn (or AWS_ROLE_ARN)",
                                   name));
    const auto token = read_text_file(path);
    if (!token)
        return refused(
            fmt::format("profile {}: the web identity's token {} cannot be read", name, path));
    const auto keys = assume_role_with_web_identity(
        context, *token,
        {.arn = role.arn,
         .session_name = role.session_name.empty() ? default_session_name(context.clock.now())
                                                   : role.session_name});
    if (!keys)
        return refused(
            fmt::format("profile {}: role {} was not given for the web identity's token {} ({}); "
                        "is the token fresh, and does "
                        "the role's trust policy name its issuer?",
                        name, role.arn, path, describe(keys.error())));
    return *keys;
}

} // namespace snow_white::aws
