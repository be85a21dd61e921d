#include "src/aws/credentials/sources.hpp"

#include "src/aws/credentials/credentials_json.hpp"
#include "src/base/text_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr int max_attempts = 3;
constexpr std::chrono::seconds timeout{2};
constexpr std::chrono::seconds retry_pause{1};
constexpr const char* endpoint_name = "the container's credentials endpoint";

// Empty for a URL with a user or a password.
std::string host_name_of(const std::string& url) {
    const auto begin = url.find("://") + 3;
    std::string host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    if (host.find('@') != std::string::npos) return {};
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host == "[::1]") return true;
    return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
           host.find_first_not_of("0123456789.") == std::string::npos;
}

bool is_allowed(const std::string& url) {
    constexpr std::array<std::string_view, 3> link_local{"169.254.170.2", "169.254.170.23",
                                                         "[fd00:ec2::23]"};
    if (url.starts_with("https://")) return true;
    if (!url.starts_with("http://")) return false;
    const std::string host = host_name_of(url);
    return is_loopback(host) || std::ranges::find(link_local, host) != link_local.end();
}

Result<std::string> token_of(const Environment& environment) {
    std::string token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto path = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !path.empty()) {
        const auto text = read_text_file(path);
        if (!text) return refused("the container's token file {} cannot be read", path);
        token = *text;
        token.erase(token.find_last_not_of("\r\n") + 1);
    }
    if (token.find_first_of("\r\n") != std::string::npos)
        return refused("the container's authorization token is more than one line");
    return token;
}

Result<Credentials> fetch_keys(const CredentialsContext& context, const HttpRequest& request) {
    const auto answer = context.http.send(request);
    if (!answer) return refused("{}: {}", endpoint_name, answer.error().message);
    if (answer->status != 200) return refused("{} answered HTTP {}", endpoint_name, answer->status);
    return parse_credentials(answer->body, endpoint_name);
}

} // namespace

OptionalCredentials credentials_of_container(const CredentialsContext& context) {
    const std::string relative = context.environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const std::string full = context.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative.empty() && full.empty()) return std::nullopt;
    HttpRequest request{.method = "GET",
                        .url = relative.empty() ? full : "http://169.254.170.2" + relative,
                        .headers = {{"Accept", "application/json"}},
                        .timeout = timeout,
                        .bypass_proxy = true};
    if (!is_allowed(request.url))
        return refused(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this host (loopback, "
            "169.254.170.2, 169.254.170.23): it is not used");
    const auto token = token_of(context.environment);
    if (!token) return tl::unexpected(token.error());
    if (!token->empty()) request.headers.emplace_back("Authorization", *token);
    for (int attempt = 1;; ++attempt) {
        const auto keys = fetch_keys(context, request);
        if (keys || attempt == max_attempts || context.clock.interrupted()) return keys;
        context.clock.wait(retry_pause);
    }
}

} // namespace snow_white::aws
