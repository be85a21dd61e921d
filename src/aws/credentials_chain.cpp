#include "src/aws/credentials_chain.hpp"

#include "src/aws/child_process.hpp"
#include "src/aws/config_file.hpp"
#include "src/aws/timestamp.hpp"

#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace snow_white::aws {

namespace {

constexpr std::chrono::minutes freshness{5}; // keys are renewed when less than this is left

tl::unexpected<Error> refused(std::string message) {
    return tl::unexpected(Error{.kind = ErrorKind::credentials, .message = std::move(message)});
}

std::string first_line(const std::string& text) {
    const auto begin = text.find_first_not_of(" \r\n");
    return begin == std::string::npos ? "it said nothing"
                                      : text.substr(begin, text.find('\n', begin) - begin);
}

// The credentials document, as credential_process (SessionToken) and the container endpoint (Token) print it.
Result<Credentials> parse_document(const std::string& text, const std::string& source) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_object()) return refused(source + " did not answer with a JSON object");
    const auto field = [&document](const char* name) {
        const auto found = document.find(name);
        return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
    };
    Credentials credentials{.access_key_id = field("AccessKeyId"),
                            .secret_access_key = field("SecretAccessKey"),
                            .session_token =
                                field("SessionToken").empty() ? field("Token") : field("SessionToken"),
                            .expires = parse_timestamp(field("Expiration"))};
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return refused(source + " answered without AccessKeyId or SecretAccessKey");
    return credentials;
}

Result<Credentials> from_program(const std::string& name, const std::vector<std::string>& arguments,
                                 const std::string& step, const std::string& fix) {
    const auto output = run_child(arguments);
    if (output.exit_code != 0)
        return refused(fmt::format("profile {}: {} failed ({}); {}", name, step,
                                   first_line(output.standard_error), fix));
    return parse_document(output.standard_output, fmt::format("profile {}: {}", name, step));
}

std::string setting(const Profile& profile, const std::string& key) {
    const auto found = profile.find(key);
    return found == profile.end() ? "" : found->second;
}

} // namespace

CredentialsChain::CredentialsChain(const Environment& environment, std::string profile, Http& http,
                                   const Clock& clock)
    : environment_(environment), profile_(std::move(profile)), http_(http), clock_(clock) {}

Result<Credentials> CredentialsChain::get() {
    if (current_ && (!current_->expires || *current_->expires - clock_.now() > freshness)) return *current_;
    auto found = find();
    if (found) current_ = *found;
    // Keys that cannot be renewed just now still sign until they have expired.
    else if (current_ && *current_->expires > clock_.now())
        return *current_;
    return found;
}

Result<Credentials> CredentialsChain::find() {
    if (!profile_.empty()) return of_profile(profile_);
    if (environment_.has("AWS_ACCESS_KEY_ID") && environment_.has("AWS_SECRET_ACCESS_KEY"))
        return Credentials{environment_.get("AWS_ACCESS_KEY_ID"), environment_.get("AWS_SECRET_ACCESS_KEY"),
                           environment_.get("AWS_SESSION_TOKEN"), std::nullopt};
    const std::string name = environment_.get("AWS_PROFILE", "default");
    if (environment_.has("AWS_PROFILE") || read_profiles(environment_).by_name.contains(name))
        return of_profile(name);
    return of_container();
}

Result<Credentials> CredentialsChain::of_profile(const std::string& name) {
    const auto profiles = read_profiles(environment_);
    const auto found = profiles.by_name.find(name);
    if (found == profiles.by_name.end())
        return refused(
            fmt::format("profile {} is neither in {} (there: {}); make it with: aws configure --profile {}",
                        name, profiles.read_from, names_of(profiles), name));
    const Profile& profile = found->second;
    const bool assumes_role = profile.contains("role_arn");
    if (!assumes_role && profile.contains("aws_access_key_id"))
        return Credentials{setting(profile, "aws_access_key_id"), setting(profile, "aws_secret_access_key"),
                           setting(profile, "aws_session_token"), std::nullopt};
    if (!assumes_role && profile.contains("credential_process"))
        return from_program(name, {"sh", "-c", setting(profile, "credential_process")},
                            "its credential_process", "run that command by hand to see why");
    // Roles, MFA, SSO and web identities: the AWS CLI resolves all of them.
    return from_program(
        name, {"aws", "configure", "export-credentials", "--format", "process", "--profile", name},
        "`aws configure export-credentials`", "if it is an SSO profile: aws sso login --profile " + name);
}

Result<Credentials> CredentialsChain::of_container() {
    std::string url = environment_.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const std::string relative = environment_.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (!relative.empty()) url = "http://169.254.170.2" + relative;
    if (url.empty())
        return refused(
            "no AWS credentials found: no profile, no AWS_ACCESS_KEY_ID, no container role; name a "
            "profile with -f");
    HttpRequest request{.method = "GET", .url = url, .timeout = std::chrono::seconds{5}};
    std::string token = environment_.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (std::ifstream file(environment_.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")); file)
        std::getline(file, token);
    if (!token.empty()) request.headers.emplace_back("Authorization", token);
    const auto answer = http_.send(request);
    if (!answer) return refused("the container's credentials endpoint: " + answer.error().message);
    if (answer->status != 200)
        return refused(fmt::format("the container's credentials endpoint answered HTTP {}", answer->status));
    return parse_document(answer->body, "the container's credentials endpoint");
}

} // namespace snow_white::aws
