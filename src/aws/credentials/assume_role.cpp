#include "src/aws/credentials/assume_role.hpp"

#include "src/aws/client.hpp"
#include "src/base/text_file.hpp"
#include "src/base/time_format.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

class FixedKeys : public CredentialsProvider {
public:
    explicit FixedKeys(Credentials keys) : keys_(std::move(keys)) {}
    Result<Credentials> get() override { return keys_; }
    void invalidate() override {}

private:
    Credentials keys_;
};

Result<std::string> region_of(const CredentialsContext& context) {
    if (!context.region.empty()) return context.region;
    if (!context.settings.region.empty()) return context.settings.region;
    if (context.settings.global_sts) return "us-east-1";
    return refused("STS needs a region, and neither AWS_REGION nor the profile's region says one");
}

Result<Credentials> read_keys(const Xml& answer, const char* result_name) {
    const auto keys = answer->document_element().child(result_name).child("Credentials");
    Credentials credentials{.access_key_id = keys.child_value("AccessKeyId"),
                            .secret_access_key = keys.child_value("SecretAccessKey"),
                            .session_token = keys.child_value("SessionToken"),
                            .expires = parse_timestamp(keys.child_value("Expiration"))};
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return refused("STS answered without keys");
    return credentials;
}

Result<Credentials> call(const CredentialsContext& context, const Operation& operation,
                         const Parameters& parameters, const Credentials& source,
                         const char* result_name) {
    const auto region = region_of(context);
    if (!region) return tl::unexpected(region.error());
    FixedKeys keys(source);
    Client client({context.settings, context.http, context.clock, keys}, *region);
    const auto answer = client.query(operation, parameters);
    if (!answer) return tl::unexpected(answer.error());
    return read_keys(*answer, result_name);
}

} // namespace

Result<Credentials> assume_role(const CredentialsContext& context, const Credentials& source,
                                const RoleRequest& role) {
    Parameters parameters{{"RoleArn", role.arn}, {"RoleSessionName", role.session_name}};
    for (const auto& [name, value] : Parameters{{"ExternalId", role.external_id},
                                                {"DurationSeconds", role.duration_seconds},
                                                {"SerialNumber", role.mfa_serial},
                                                {"TokenCode", role.mfa_code}})
        if (!value.empty()) parameters.emplace_back(name, value);
    return call(context, operations::assume_role, parameters, source, "AssumeRoleResult");
}

Result<Credentials> assume_role_with_web_identity(const CredentialsContext& context,
                                                  const std::string& token,
                                                  const RoleRequest& role) {
    const Parameters parameters{
        {"RoleArn", role.arn}, {"RoleSessionName", role.session_name}, {"WebIdentityToken", token}};
    return call(context, operations::assume_role_with_web_identity, parameters, {},
                "AssumeRoleWithWebIdentityResult");
}

std::string session_name_of(const std::string& configured, Instant now) {
    if (!configured.empty()) return configured;
    const auto since_1970 = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    return fmt::format("snow-white-{}", since_1970.count());
}

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
                           .session_name =
                               session_name_of(value("AWS_ROLE_SESSION_NAME", "role_session_name"),
                                               context.clock.now())};
    if (role.arn.empty())
        return refused("profile {}: there is a web identity's token and no role: set "
                       "role_arn (or AWS_ROLE_ARN)",
                       name);
    const auto token = read_text_file(path);
    if (!token)
        return refused("profile {}: the web identity's token {} cannot be read", name, path);
    const auto keys = assume_role_with_web_identity(context, *token, role);
    if (!keys)
        return refused("profile {}: role {} was not given for the web identity's token {} ({}); "
                       "is the token fresh, and does the role's trust policy name its issuer?",
                       name, role.arn, path, describe(keys.error()));
    return keys;
}

} // namespace snow_white::aws
