#include "src/aws/credentials/sources.hpp"

#include "src/aws/credentials/credentials_json.hpp"
#include "src/base/text.hpp"

#include <charconv>

namespace snow_white::aws {

namespace {

constexpr const char* token_path = "latest/api/token";
constexpr const char* roles_path = "latest/meta-data/iam/security-credentials/";
constexpr const char* token_lifetime_seconds = "21600";
constexpr const char* metadata_service = "the instance's metadata service";

int positive_number(const std::string& text, int fallback) {
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc{} && number > 0 ? number : fallback;
}

class MetadataService {
public:
    MetadataService(const CredentialsContext& context, const Profile& profile)
        : context_(context), profile_(profile), base_(base()),
          timeout_(positive_number(
              either("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"), 1)),
          attempts_(positive_number(
              either("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"), 1)) {}

    OptionalCredentials credentials() {
        if (!open_session()) return std::nullopt;
        const auto role = get(roles_path);
        if (role.empty()) return std::nullopt;
        const auto document = get(roles_path + role);
        if (document.empty()) return std::nullopt;
        return parse_credentials(document, metadata_service);
    }

private:
    std::string either(const char* variable, const char* name) const {
        return context_.environment.get(variable, setting(profile_, name));
    }

    std::string base() const {
        const std::string given =
            either("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
        if (!given.empty()) return given.ends_with('/') ? given : given + "/";
        const std::string mode =
            either("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
        return lower_case(mode) == "ipv6" ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/";
    }

    HttpRequest request(const char* method, const std::string& path) const {
        return {.method = method, .url = base_ + path, .timeout = timeout_, .bypass_proxy = true};
    }

    // False: this machine has no metadata service. IMDSv1 is used where the service does not know
    // the token's path (an old one), or does not answer it (one hop too many).
    bool open_session() {
        auto put = request("PUT", token_path);
        put.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", token_lifetime_seconds);
        const auto answer = context_.http.send(put);
        if (answer && answer->status == 200) session_ = answer->body;
        if (!session_.empty()) return true;
        const bool unreachable = !answer && !answer.error().was_sent;
        const bool bad_request = answer && answer->status == 400;
        return !unreachable && !bad_request &&
               !is_true(either("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled"));
    }

    // Empty: the service has nothing there.
    std::string get(const std::string& path) {
        auto fetch = request("GET", path);
        if (!session_.empty()) fetch.headers.emplace_back("x-aws-ec2-metadata-token", session_);
        for (int attempt = 0; attempt < attempts_ && !context_.clock.interrupted(); ++attempt) {
            const auto answer = context_.http.send(fetch);
            if (answer && answer->status == 200 && !answer->body.empty()) return answer->body;
        }
        return {};
    }

    const CredentialsContext& context_;
    const Profile& profile_;
    std::string base_;
    std::chrono::seconds timeout_;
    int attempts_;
    std::string session_;
};

} // namespace

OptionalCredentials credentials_of_instance(const CredentialsContext& context,
                                            const Profile& profile) {
    if (is_true(context.environment.get("AWS_EC2_METADATA_DISABLED"))) return std::nullopt;
    return MetadataService(context, profile).credentials();
}

} // namespace snow_white::aws
