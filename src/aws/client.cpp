#include "src/aws/client.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::chrono::milliseconds first_pause{
    250}; // doubled each time, then drawn from 0 to that: full jitter
constexpr std::chrono::milliseconds longest_pause{8'000};

std::string percent_encoded(const std::string& text) {
    std::string encoded;
    for (const char byte : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                           std::string_view("-_.~").find(byte) != std::string_view::npos;
        encoded += plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return encoded;
}

std::string form(const Operation& operation, const Parameters& parameters) {
    std::string body = fmt::format("Action={}&Version={}", operation.name, operation.service.version);
    for (const auto& [name, value] : parameters)
        body += fmt::format("&{}={}", name, percent_encoded(value));
    return body;
}

} // namespace

Client::Client(Session session, std::string region)
    : session_(session), region_(std::move(region)), random_(std::random_device{}()) {}

Result<Document> Client::send_json(const Operation& operation, const Json& parameters) {
    return send(operation, {.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                        {"X-Amz-Target",
                                         fmt::format("{}.{}", operation.service.version, operation.name)}},
                            .body = parameters.dump()});
}

Error Client::malformed(const Operation& operation, const std::string& why) {
    return {.kind = ErrorKind::malformed,
            .service = std::string(operation.service.name),
            .action = std::string(operation.name),
            .message = "the answer is not of the expected shape: " + why};
}

Result<Xml> Client::query(const Operation& operation, const Parameters& parameters) {
    auto answer =
        send(operation, {.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                         .body = form(operation, parameters)});
    if (!answer) return tl::unexpected(answer.error());
    return std::get<Xml>(*answer);
}

Result<Document> Client::send(const Operation& operation, HttpRequest request) {
    for (int attempt = 1;; ++attempt) {
        auto answer = send_once(operation, request);
        if (answer) return answer;
        answer.error().service = operation.service.name;
        answer.error().action = operation.name;
        const ErrorKind kind = answer.error().kind;
        const bool again = operation.repeatable ? is_transient(kind) : had_no_effect(kind);
        if (!again || attempt >= session_.settings.attempts || session_.clock.interrupted()) return answer;
        session_.clock.wait(pause_before(attempt));
    }
}

Result<Document> Client::send_once(const Operation& operation, HttpRequest& request) {
    if (!session_.settings.problem.empty())
        return tl::unexpected(Error{.kind = ErrorKind::invalid, .message = session_.settings.problem});
    const auto endpoint = endpoint_of(session_.settings, operation.service, region_);
    request.url = endpoint.url;
    request.once = !operation.repeatable;
    request.ca_bundle = session_.settings.ca_bundle;
    if (operation.is_signed) {
        const auto credentials = session_.credentials.get();
        if (!credentials) return tl::unexpected(credentials.error());
        request.signing = Signing{*credentials, endpoint.signing_region, std::string(operation.service.name)};
    }
    const auto response = session_.http.send(request);
    if (!response) return tl::unexpected(response.error());
    return read_answer(operation.service.protocol, *response);
}

Duration Client::pause_before(int attempt) {
    const auto ceiling = std::min(longest_pause, first_pause * (1 << std::min(attempt, 10)));
    return Duration{std::uniform_int_distribution<Duration::rep>(0, ceiling.count())(random_)};
}

} // namespace snow_white::aws
