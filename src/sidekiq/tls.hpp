// TLS by OpenSSL over a TCP connection: version 1.2 or later, with the server's name in the
// handshake (SNI). The certificate must be of that name and of an authority in the CA file.
#pragma once

#include "src/sidekiq/tcp.hpp"

#include <openssl/ssl.h>

namespace snow_white::sidekiq {

struct FreeTls {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTls>;

// Reads the CA file, or says why not.
tl::expected<TlsContext, std::string> make_tls_context(const std::string& ca_file);

class TlsSocket : public Socket {
public:
    // `clock` outlives it. The handshake is made by connect().
    TlsSocket(SSL_CTX& context, Descriptor descriptor, const Clock& clock);
    TlsSocket(const TlsSocket&) = delete;
    TlsSocket& operator=(const TlsSocket&) = delete;

    tl::expected<void, std::string> connect(const std::string& host, Duration deadline);
    tl::expected<void, std::string> write(std::string_view bytes, Duration timeout) override;
    tl::expected<std::size_t, std::string> read(std::span<char> buffer, Duration timeout) override;

private:
    struct Step {
        int result = 0; // of the call
        int error = 0;  // SSL_get_error(3)
    };
    // Repeats the call until it does something else than wait for the network.
    template <typename Call> tl::expected<Step, std::string> repeat(Call call, Duration deadline);
    std::string words_of(const Step& step) const;

    Descriptor descriptor_;
    const Clock& clock_;
    Duration deadline_{}; // of the call in progress
    std::unique_ptr<SSL, FreeTls> session_;

    friend struct TlsCallbacks; // what OpenSSL calls
};

} // namespace snow_white::sidekiq
