// Http by libcurl: one handle for the whole run, so that connections, DNS answers and TLS sessions are used
// again. libcurl signs (SigV4), verifies certificates (AWS_CA_BUNDLE is honoured) and goes through
// HTTPS_PROXY and NO_PROXY by itself. An exchange ends within a second after an interruption.
#pragma once

#include "src/aws/environment.hpp"
#include "src/aws/http.hpp"
#include "src/clock/clock.hpp"

#include <memory>

namespace snow_white::aws {

class CurlHttp : public Http {
public:
    // The clock, which tells of interruptions, outlives this object.
    CurlHttp(const Environment& environment, const Clock& clock);
    ~CurlHttp() override;
    Result<HttpResponse> send(const HttpRequest& request) override;

private:
    void* handle_; // CURL*, owned
    const Clock& clock_;
    std::string ca_bundle_;
};

} // namespace snow_white::aws
