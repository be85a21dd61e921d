#include "src/aws/credentials/sources.hpp"

#include "src/base/time_format.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

OptionalCredentials credentials_of_environment(const Environment& environment) {
    if (!environment.has("AWS_ACCESS_KEY_ID")) return std::nullopt;
    if (!environment.has("AWS_SECRET_ACCESS_KEY"))
        return refused(
            "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not: set both or neither");
    return Credentials{.access_key_id = environment.get("AWS_ACCESS_KEY_ID"),
                       .secret_access_key = environment.get("AWS_SECRET_ACCESS_KEY"),
                       .session_token = environment.get("AWS_SECURITY_TOKEN",
                                                        environment.get("AWS_SESSION_TOKEN")),
                       .expires = parse_timestamp(environment.get("AWS_CREDENTIAL_EXPIRATION"))};
}

OptionalCredentials static_credentials(const ProfilesByName& file, const std::string& name) {
    const auto found = file.find(name);
    if (found == file.end() || !found->second.contains("aws_access_key_id")) return std::nullopt;
    const Profile& profile = found->second;
    const std::string token = setting(profile, "aws_security_token");
    Credentials credentials{.access_key_id = setting(profile, "aws_access_key_id"),
                            .secret_access_key = setting(profile, "aws_secret_access_key"),
                            .session_token =
                                token.empty() ? setting(profile, "aws_session_token") : token};
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return refused("profile {0} has only one of aws_access_key_id and aws_secret_access_key; "
                       "write both with: aws configure --profile {0}",
                       name);
    return credentials;
}

} // namespace snow_white::aws
