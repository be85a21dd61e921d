// Http by libcurl: one handle for the whole run, so that connections, DNS answers and TLS sessions are used
// again. libcurl signs (SigV4), verifies certificates (AWS_CA_BUNDLE is honoured) and goes through
// HTTPS_PROXY and NO_PROXY by itself.
#pragma once

#include "src/aws/environment.hpp"
#include "src/aws/http.hpp"

#include <memory>

namespace snow_white::aws {

class CurlHttp : public Http {
public:
    explicit CurlHttp(const Environment& environment);
    ~CurlHttp() override;
    Result<HttpResponse> send(const HttpRequest& request) override;

private:
    void* handle_; // CURL*, owned
    std::string ca_bundle_;
};

} // namespace snow_white::aws
