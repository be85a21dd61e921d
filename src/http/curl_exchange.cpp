#include "src/http/curl_exchange.hpp"

#include "src/base/ca_bundle.hpp"
#include "src/http/url.hpp"

#include <charconv>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <new>
#include <utility>

namespace snow_white {

namespace {

constexpr std::size_t max_body = 16 << 20; // bytes; real answers are far smaller
constexpr long connect_timeout_ms = 5'000;

std::string header_of(CURL* handle, const char* name) {
    curl_header* header = nullptr;
    if (curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
    return header->value;
}

std::optional<std::chrono::seconds> retry_after_of(CURL* handle) {
    const std::string text = header_of(handle, "Retry-After");
    int seconds = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || parsed.ec != std::errc{} || seconds < 0) return std::nullopt;
    return std::chrono::seconds{seconds};
}

std::optional<std::chrono::sys_seconds> date_of(CURL* handle) {
    const std::time_t date = curl_getdate(header_of(handle, "Date").c_str(), nullptr);
    if (date == -1) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{date}};
}

bool nothing_was_sent(CURLcode code) {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR ||
           code == CURLE_PEER_FAILED_VERIFICATION;
}

// libcurl's detailed messages quote their subject, and a proxy's address may contain a password.
// Messages on certificates are safe: they name the server and files only.
bool is_safe_to_quote(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM;
}

std::string message_of(CURL* handle, CURLcode code, const char* details) {
    if (is_safe_to_quote(code) && *details != '\0') return details;
    long system_error = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &system_error);
    const std::string message = curl_easy_strerror(code);
    if (code != CURLE_COULDNT_CONNECT || system_error == 0) return message;
    return fmt::format("{} ({})", message, std::strerror(static_cast<int>(system_error)));
}

void sign(CURL* handle, const SigningKeys& keys) {
    curl_easy_setopt(handle, CURLOPT_AWS_SIGV4,
                     fmt::format("aws:amz:{}:{}", keys.region, keys.service).c_str());
    curl_easy_setopt(handle, CURLOPT_USERNAME, keys.access_key_id.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, keys.secret_access_key.c_str());
}

// Trusts the configured bundle alone, as the AWS SDKs do; without one, the system's certificates.
void set_ca_bundle(CURL* handle, const std::string& configured) {
    static const std::string of_system = system_ca_bundle(); // looked up once
    const std::string& ca_bundle = configured.empty() ? of_system : configured;
    if (ca_bundle.empty()) return;
    curl_easy_setopt(handle, CURLOPT_CAINFO, ca_bundle.c_str());
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
}

} // namespace

CurlExchange::CurlExchange(const HttpRequest& request)
    : handle_(curl_easy_init(), &curl_easy_cleanup), host_(host_of(request.url)),
      even_when_interrupted_(request.even_when_interrupted) {
    if (!handle_) throw std::bad_alloc();
    CURL* handle = handle_.get();
    set_headers(request);
    set_method(request);
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "snow-white/" SNOW_WHITE_VERSION);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &append_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response_.body);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason_.data());
    set_ca_bundle(handle, request.ca_bundle);
    if (request.bypass_proxy) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    if (request.no_resend) {
        curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, &allow_send);
        curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
    }
}

void CurlExchange::add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    if (!headers_) headers_.reset(longer); // else it was extended in place
}

void CurlExchange::set_headers(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        add_header(name + ": " + value);
    add_header("Expect:"); // do not wait for "100 Continue" before the body
    if (request.signing) {
        sign(handle(), *request.signing);
        if (!request.signing->session_token.empty())
            add_header("X-Amz-Security-Token: " + request.signing->session_token);
    }
    curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, headers_.get());
}

void CurlExchange::set_method(const HttpRequest& request) {
    if (request.method == "POST") {
        curl_easy_setopt(handle(), CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(handle(), CURLOPT_POSTFIELDS, request.body.c_str());
    } else {
        curl_easy_setopt(handle(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

std::size_t CurlExchange::append_body(char* data, std::size_t size, std::size_t count,
                                      void* target) {
    auto& body = *static_cast<std::string*>(target);
    if (body.size() + size * count > max_body) return 0;
    body.append(data, size * count);
    return size * count;
}

// libcurl calls this each time before it sends the request. A second time means that the connection
// was closed after the first.
int CurlExchange::allow_send(void* exchange, char*, char*, int, int) {
    auto& self = *static_cast<CurlExchange*>(exchange);
    self.resend_refused_ = std::exchange(self.sent_, true);
    return self.resend_refused_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

HttpResult CurlExchange::result() {
    if (const CURLcode code = *ended_; code != CURLE_OK) {
        const std::string why = resend_refused_ ? "the connection ended before the answer"
                                : code == CURLE_ABORTED_BY_CALLBACK
                                    ? "interrupted"
                                    : message_of(handle(), code, reason_.data());
        return tl::unexpected(
            HttpError{.was_sent = !nothing_was_sent(code), .message = host_ + ": " + why});
    }
    long status = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    response_.request_id = header_of(handle(), "x-amzn-RequestId");
    response_.retry_after = retry_after_of(handle());
    response_.date = date_of(handle());
    return std::move(response_);
}

} // namespace snow_white
