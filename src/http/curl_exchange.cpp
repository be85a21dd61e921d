#include "src/http/curl_exchange.hpp"

#include "src/http/ca_bundle.hpp"
#include "src/http/url.hpp"

#include <charconv>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <new>
#include <utility>

namespace snow_white {

namespace {

constexpr std::size_t largest_answer = 16 << 20; // no call of ours has an answer near that
constexpr long connect_patience_ms = 5'000;

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

// libcurl's own words repeat what they are about, and a proxy's address may hold its password. Of
// certificates they say what is needed, and name none but the server's and files.
bool may_be_repeated(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM;
}

std::string words_of(CURL* handle, CURLcode code, const char* libcurls_own) {
    if (may_be_repeated(code) && *libcurls_own != '\0') return libcurls_own;
    long system_error = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &system_error);
    const std::string words = curl_easy_strerror(code);
    if (code != CURLE_COULDNT_CONNECT || system_error == 0) return words;
    return fmt::format("{} ({})", words, std::strerror(static_cast<int>(system_error)));
}

void sign(CURL* handle, const SigningKeys& keys) {
    curl_easy_setopt(handle, CURLOPT_AWS_SIGV4,
                     fmt::format("aws:amz:{}:{}", keys.region, keys.service).c_str());
    curl_easy_setopt(handle, CURLOPT_USERNAME, keys.access_key_id.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, keys.secret_access_key.c_str());
}

// Whom to trust: the bundle alone where one is named, as the other SDKs have it; else the system's.
void trust(CURL* handle, const std::string& named) {
    static const std::string others =
        other_ca_bundle(); // of each request it would ask the disk the same
    const std::string& ca_bundle = named.empty() ? others : named;
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
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_patience_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "snow-white/" SNOW_WHITE_VERSION);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &keep_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response_.body);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason_.data());
    trust(handle, request.ca_bundle);
    if (request.bypass_proxy) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    if (request.no_resend) {
        curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, &go_ahead);
        curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
    }
}

void CurlExchange::add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    if (!headers_) headers_.reset(longer); // else it was made longer in place
}

void CurlExchange::set_headers(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        add_header(name + ": " + value);
    add_header("Expect:"); // no pause for a 100-continue before a body
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

std::size_t CurlExchange::keep_body(char* data, std::size_t size, std::size_t count, void* target) {
    auto& body = *static_cast<std::string*>(target);
    if (body.size() + size * count > largest_answer) return 0;
    body.append(data, size * count);
    return size * count;
}

// libcurl asks before each time that it sends the request. A second time would be for a connection
// that died after the first.
int CurlExchange::go_ahead(void* exchange, char*, char*, int, int) {
    auto& ours = *static_cast<CurlExchange*>(exchange);
    ours.sent_in_vain_ = std::exchange(ours.sent_, true);
    return ours.sent_in_vain_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

HttpResult CurlExchange::result() {
    if (const CURLcode code = *ended_; code != CURLE_OK) {
        const std::string why = sent_in_vain_ ? "the connection ended before the answer"
                                : code == CURLE_ABORTED_BY_CALLBACK
                                    ? "interrupted"
                                    : words_of(handle(), code, reason_.data());
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
