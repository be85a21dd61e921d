// The sandbox as Http, in the same process: what libcurl and the port do between the two is tested in
// tests/contract.
#pragma once

#include "sandbox/server/sandbox.hpp"
#include "src/aws/http.hpp"

namespace test {

class SandboxHttp : public snow_white::aws::Http {
public:
    explicit SandboxHttp(sandbox::Sandbox& box) : box_(box) {}

    snow_white::aws::Result<snow_white::aws::HttpResponse>
    send(const snow_white::aws::HttpRequest& request) override {
        sandbox::HttpRequest received;
        received.method = request.method;
        received.path = request.url.substr(request.url.find('/', request.url.find("://") + 3));
        for (const auto& header : request.headers)
            received.headers.emplace(header);
        received.body = request.body;
        if (request.signing)
            received.trusted =
                sandbox::TrustedCaller{request.signing->credentials.access_key_id, request.signing->service};
        if (received.headers.contains("X-Amz-Target")) ++calls;
        const auto answer = box_.handle(received);
        return snow_white::aws::HttpResponse{.status = answer.status, .body = answer.body};
    }

    int calls = 0; // of the JSON services: those that a drain makes while it waits

private:
    sandbox::Sandbox& box_;
};

} // namespace test
