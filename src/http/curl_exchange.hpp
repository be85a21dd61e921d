// One HTTP exchange as a libcurl easy handle. In: a request. Out: its response or error, once the
// transfer has ended. libcurl signs the request (SigV4).
#pragma once

#include "src/http/http.hpp"

#include <array>
#include <curl/curl.h>
#include <memory>

namespace snow_white {

class CurlExchange {
public:
    // `request` outlives this object.
    explicit CurlExchange(const HttpRequest& request);
    CurlExchange(const CurlExchange&) = delete;
    CurlExchange& operator=(const CurlExchange&) = delete;

    CURL* handle() { return handle_.get(); }
    void end(CURLcode code) { ended_ = code; }
    bool has_ended() const { return ended_.has_value(); }
    bool ends_on_interruption() const { return !even_when_interrupted_; }
    // After end().
    HttpResult result();

private:
    void add_header(const std::string& line);
    void set_headers(const HttpRequest& request);
    void set_method(const HttpRequest& request);
    static std::size_t append_body(char* data, std::size_t size, std::size_t count, void* target);
    static int allow_send(void* exchange, char*, char*, int, int);

    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, &curl_slist_free_all};
    std::string host_;
    bool even_when_interrupted_;
    bool sent_ = false;
    bool resend_refused_ = false; // no_resend, and the connection was closed before the answer
    HttpResponse response_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::optional<CURLcode> ended_;
};

} // namespace snow_white
