// Connections to Redis over TCP, and with TLS by OpenSSL.
#pragma once

#include "src/sidekiq/socket.hpp"

namespace snow_white::sidekiq {

class OpensslSockets : public Sockets {
public:
    // `clock` outlives it and its sockets.
    explicit OpensslSockets(const Clock& clock) : clock_(clock) {}

    tl::expected<std::unique_ptr<Socket>, std::string> connect(const RedisUrl& url,
                                                               Duration timeout) override;

private:
    const Clock& clock_;
};

} // namespace snow_white::sidekiq
