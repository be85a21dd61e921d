// Http by libcurl: one pool of connections for the whole run, so that connections, DNS answers and
// the parsed CA certificates are used again. libcurl signs (SigV4), verifies certificates and goes
// through HTTPS_PROXY and NO_PROXY by itself. An exchange ends within a second after an
// interruption.
//
// Conversations that are held together have a thread each, and one turn between them: whoever has
// it runs, and who waits for an answer gives it away. The thread that called together() carries
// their requests meanwhile.
#pragma once

#include "src/base/clock.hpp"
#include "src/http/curl_exchange.hpp"

#include <condition_variable>
#include <mutex>

namespace snow_white {

class CurlHttp : public Http {
public:
    // The clock, which tells of interruptions, outlives this object.
    explicit CurlHttp(const Clock& clock);
    ~CurlHttp() override;
    CurlHttp(const CurlHttp&) = delete;
    CurlHttp& operator=(const CurlHttp&) = delete;

    HttpResult send(const HttpRequest& request) override;
    void run_concurrently(const std::vector<std::function<void()>>& conversations) override;

private:
    void carry_until(const std::function<bool()>& done);
    void carry();
    void give_up_if_interrupted();
    void end(CurlExchange& exchange, CURLcode code);

    const Clock& clock_;
    CURLM* multi_;                     // owned
    std::mutex turn_;                  // of all that follows, and of what conversations share
    std::condition_variable_any news_; // an exchange or a conversation has ended
    std::vector<CurlExchange*> begun_; // not carried yet
    std::vector<CurlExchange*> under_way_;
    bool carrying_ = false; // somebody is in carry_until()
};

} // namespace snow_white
