#include "src/sidekiq/openssl_sockets.hpp"

#include "src/sidekiq/tcp.hpp"

namespace snow_white::sidekiq {

tl::expected<std::unique_ptr<Socket>, std::string> OpensslSockets::connect(const RedisUrl& url,
                                                                           Duration timeout) {
    const Duration deadline = clock_.elapsed() + timeout;
    auto descriptor = connect_tcp(url.host, url.port, deadline, clock_);
    if (!descriptor) return tl::unexpected(std::move(descriptor.error()));
    if (url.tls) return tl::unexpected(std::string("is not asked: TLS is not there yet"));
    return std::make_unique<TcpSocket>(std::move(*descriptor), clock_);
}

} // namespace snow_white::sidekiq
