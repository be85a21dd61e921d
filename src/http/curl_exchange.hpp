// One HTTP request as libcurl has it, from its options to what came of it.
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
    bool is_given_up_when_interrupted() const { return !even_when_interrupted_; }
    // Once it has ended.
    HttpResult result();

private:
    void add_header(const std::string& line);
    void set_headers(const HttpRequest& request);
    void set_method(const HttpRequest& request);
    static std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* target);
    static int go_ahead(void* exchange, char*, char*, int, int);

    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, &curl_slist_free_all};
    std::string host_;
    bool even_when_interrupted_;
    bool sent_ = false;
    bool sent_in_vain_ = false; // at most once, and the connection died
    HttpResponse response_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::optional<CURLcode> ended_;
};

} // namespace snow_white
