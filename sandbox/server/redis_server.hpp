// The simulated Redis on a port of 127.0.0.1. One thread serves all connections.
#pragma once

#include "sandbox/redis/simulated_redis.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace sandbox {

// Both are called from the server's thread.
struct RedisService {
    std::function<RedisSession()> connect;
    std::function<RedisAnswer(RedisSession& session, std::string_view bytes)> receive;
};

class RedisServer {
public:
    // Takes a free port at once. Failure: std::runtime_error.
    RedisServer();
    ~RedisServer(); // ends all connections
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    int port() const { return port_; }

    void serve(RedisService service); // once

    // False: from now on the port refuses connections, and those that there are end. From any
    // thread.
    void accept_connections(bool accepts);

private:
    struct State;
    std::unique_ptr<State> state_;
    int port_ = 0;
};

} // namespace sandbox
