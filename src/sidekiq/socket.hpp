// A connection of bytes, behind an interface, like Http. Implementations interpret nothing. Why
// something failed is said in words that continue "Redis at HOST:PORT ", as "closed the
// connection"; no secret is in them.
#pragma once

#include "src/base/clock.hpp"
#include "src/sidekiq/redis_url.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace snow_white::sidekiq {

class Socket {
public:
    virtual ~Socket() = default;
    // Everything, or why not.
    virtual tl::expected<void, std::string> write(std::string_view bytes, Duration timeout) = 0;
    // At least one byte into `buffer`, or why not; 0: the server has closed the connection.
    virtual tl::expected<std::size_t, std::string> read(std::span<char> buffer,
                                                        Duration timeout) = 0;
};

// Why there is no connection.
struct ConnectError {
    ConnectError(std::string text, bool is_reached = false) // NOLINT: words alone are one
        : words(std::move(text)), reached(is_reached) {}

    std::string words;
    bool reached; // the server was: its TLS, or its certificate, is what fails
};

class Sockets {
public:
    virtual ~Sockets() = default;
    // Resolves the name, connects, and with `url.tls` makes the TLS handshake and checks the
    // server's name and certificate. An interruption of the run ends it, too.
    virtual tl::expected<std::unique_ptr<Socket>, ConnectError> connect(const RedisUrl& url,
                                                                        Duration timeout) = 0;
};

} // namespace snow_white::sidekiq
