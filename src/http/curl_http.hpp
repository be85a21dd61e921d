// Http by libcurl. One pool for the whole run, so that connections, DNS answers and parsed CA
// certificates are reused. libcurl signs (SigV4), verifies certificates, and reads HTTPS_PROXY and
// NO_PROXY itself. An exchange ends within a second after an interruption.
//
// Concurrent tasks have a thread each and share one mutex: the task that holds it runs, and send()
// releases it while it waits. The thread that called run_concurrently() drives all transfers.
#pragma once

#include "src/base/clock.hpp"
#include "src/http/curl_exchange.hpp"

#include <condition_variable>
#include <mutex>

namespace snow_white {

class CurlHttp : public Http {
public:
    // The clock reports interruptions. It outlives this object.
    explicit CurlHttp(const Clock& clock);
    ~CurlHttp() override;
    CurlHttp(const CurlHttp&) = delete;
    CurlHttp& operator=(const CurlHttp&) = delete;

    HttpResult send(const HttpRequest& request) override;
    void run_concurrently(const std::vector<std::function<void()>>& tasks) override;

private:
    void drive_until(const std::function<bool()>& done);
    void drive();
    void abort_if_interrupted();
    void end(CurlExchange& exchange, CURLcode code);

    const Clock& clock_;
    CURLM* multi_;                      // owned
    std::mutex mutex_;                  // guards all that follows, and the data of the tasks
    std::condition_variable_any ended_; // an exchange or a task
    std::vector<CurlExchange*> queued_; // not in multi_ yet
    std::vector<CurlExchange*> active_; // in multi_
    bool driving_ = false;              // a thread is in drive_until()
};

} // namespace snow_white
