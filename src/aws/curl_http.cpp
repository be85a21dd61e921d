#include "src/aws/curl_http.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <curl/curl.h>
#include <fmt/format.h>
#include <new>

namespace snow_white::aws {

namespace {

constexpr std::size_t largest_answer = 16 << 20; // no call of ours has an answer near that
constexpr long connect_patience_ms = 5'000;

struct Headers {
    curl_slist* list = nullptr;
    Headers() = default;
    Headers(const Headers&) = delete;
    Headers& operator=(const Headers&) = delete;
    ~Headers() { curl_slist_free_all(list); }
    void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* target) {
    auto& body = *static_cast<std::string*>(target);
    if (body.size() + size * count > largest_answer) return 0;
    body.append(data, size * count);
    return size * count;
}

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

// The host only: a path or a query can be a secret (a Slack webhook's is).
std::string host_of(const std::string& url) {
    const auto start = url.find("://");
    const auto begin = start == std::string::npos ? 0 : start + 3;
    return url.substr(begin, url.find_first_of("/?", begin) - begin);
}

// Called by libcurl as often as something moves, and once a second when nothing does; not 0 ends the
// exchange.
int give_up(void* clock, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Clock*>(clock)->interrupted() ? 1 : 0;
}

void sign(CURL* handle, Headers& headers, const Signing& signing) {
    curl_easy_setopt(handle, CURLOPT_AWS_SIGV4,
                     fmt::format("aws:amz:{}:{}", signing.region, signing.service).c_str());
    curl_easy_setopt(handle, CURLOPT_USERNAME, signing.credentials.access_key_id.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, signing.credentials.secret_access_key.c_str());
    if (!signing.credentials.session_token.empty())
        headers.add("X-Amz-Security-Token: " + signing.credentials.session_token);
}

} // namespace

CurlHttp::CurlHttp(const Environment& environment, const Clock& clock)
    : clock_(clock), ca_bundle_(environment.get("AWS_CA_BUNDLE")) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    handle_ = curl_easy_init();
    if (handle_ == nullptr) throw std::bad_alloc();
}

CurlHttp::~CurlHttp() {
    curl_easy_cleanup(handle_);
    curl_global_cleanup();
}

Result<HttpResponse> CurlHttp::send(const HttpRequest& request) {
    if (!request.even_when_interrupted && clock_.interrupted())
        return tl::unexpected(
            Error{.kind = ErrorKind::unreachable, .message = host_of(request.url) + ": interrupted"});
    CURL* handle = handle_;
    curl_easy_reset(handle);
    Headers headers;
    for (const auto& [name, value] : request.headers)
        headers.add(name + ": " + value);
    headers.add("Expect:"); // no pause for a 100-continue before a body
    if (request.signing) sign(handle, headers, *request.signing);

    HttpResponse response;
    std::array<char, CURL_ERROR_SIZE> reason{};
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.list);
    if (request.method == "POST") {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    } else {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_patience_ms);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, request.once ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "snow-white/" SNOW_WHITE_VERSION);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &keep_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response.body);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason.data());
    const std::string& ca_bundle = request.ca_bundle.empty() ? ca_bundle_ : request.ca_bundle;
    if (!ca_bundle.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_bundle.c_str());
    if (request.direct) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");

    if (!request.even_when_interrupted) {
        curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &give_up);
        curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &clock_);
    }

    const CURLcode code = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr); // the list dies with this frame
    if (code != CURLE_OK) {
        const std::string why = code == CURLE_ABORTED_BY_CALLBACK ? "interrupted"
                                : reason[0] != '\0'               ? reason.data()
                                                                  : curl_easy_strerror(code);
        return tl::unexpected(
            Error{.kind = nothing_was_sent(code) ? ErrorKind::unreachable : ErrorKind::transport,
                  .message = host_of(request.url) + ": " + why});
    }
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    response.request_id = header_of(handle, "x-amzn-RequestId");
    response.retry_after = retry_after_of(handle);
    response.date = date_of(handle);
    return response;
}

} // namespace snow_white::aws
