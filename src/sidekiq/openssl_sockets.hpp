// Connections to Redis over TCP, and with TLS by OpenSSL. The certificates of AWS's in-transit
// encryption are of Amazon's public authority, which the systems' CA files have.
#pragma once

#include "src/sidekiq/socket.hpp"

struct ssl_ctx_st;

namespace snow_white::sidekiq {

class Descriptor;

class OpensslSockets : public Sockets {
public:
    // `clock` outlives it and its sockets. `ca_file`: of the certificates to trust; empty: the file
    // in the process's SSL_CERT_FILE, or else the system's.
    explicit OpensslSockets(const Clock& clock, std::string ca_file = "");
    ~OpensslSockets() override;

    tl::expected<std::unique_ptr<Socket>, ConnectError> connect(const RedisUrl& url,
                                                                Duration timeout) override;

private:
    tl::expected<std::unique_ptr<Socket>, ConnectError>
    connect_tls(Descriptor descriptor, const std::string& host, Duration deadline);

    const Clock& clock_;
    std::string ca_file_;
    ssl_ctx_st* context_ = nullptr; // owned; none before the first connection with TLS
};

} // namespace snow_white::sidekiq
