#include "src/sidekiq/openssl_sockets.hpp"

#include "src/base/ca_bundle.hpp"
#include "src/sidekiq/tls.hpp"

#include <cstdlib>

namespace snow_white::sidekiq {

OpensslSockets::OpensslSockets(const Clock& clock, std::string ca_file)
    : clock_(clock), ca_file_(std::move(ca_file)) {
    if (!ca_file_.empty()) return;
    const char* const named = std::getenv("SSL_CERT_FILE");
    ca_file_ = named != nullptr && *named != '\0' ? named : system_ca_bundle();
}

OpensslSockets::~OpensslSockets() {
    SSL_CTX_free(context_);
}

tl::expected<std::unique_ptr<Socket>, ConnectError> OpensslSockets::connect(const RedisUrl& url,
                                                                            Duration timeout) {
    const Duration deadline = clock_.elapsed() + timeout;
    auto descriptor = connect_tcp(url.host, url.port, deadline, clock_);
    if (!descriptor) return tl::unexpected(ConnectError{std::move(descriptor.error())});
    if (url.tls) return connect_tls(std::move(*descriptor), url.host, deadline);
    return std::make_unique<TcpSocket>(std::move(*descriptor), clock_);
}

tl::expected<std::unique_ptr<Socket>, ConnectError>
OpensslSockets::connect_tls(Descriptor descriptor, const std::string& host, Duration deadline) {
    if (context_ == nullptr) {
        auto made = make_tls_context(ca_file_);
        if (!made) return tl::unexpected(ConnectError{std::move(made.error()), true});
        context_ = made->release();
    }
    auto socket = std::make_unique<TlsSocket>(*context_, std::move(descriptor), clock_);
    if (auto connected = socket->connect(host, deadline); !connected)
        return tl::unexpected(ConnectError{std::move(connected.error()), true});
    return socket;
}

} // namespace snow_white::sidekiq
