// The sandbox on a port of 127.0.0.1.
#pragma once

#include "sandbox/wire/http_message.hpp"

#include <functional>
#include <memory>
#include <string>

namespace sandbox {

class HttpServer {
public:
    // Binds at once; port 0 takes a free one. `relayed`: Host may name any address and port of
    // loopback, as it does behind a relay. Failure: std::runtime_error.
    HttpServer(int port, bool relayed);
    ~HttpServer(); // stops listening and waits for the requests under way

    int port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    // Answers from threads of its own, until the end; a web page's requests with 403, without the
    // handler. `handler` must be safe to call from several threads.
    void serve(std::function<HttpResponse(const HttpRequest&)> handler);

private:
    struct State;
    std::unique_ptr<State> state_;
    int port_ = 0;
};

} // namespace sandbox
