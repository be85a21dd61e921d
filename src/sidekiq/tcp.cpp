#include "src/sidekiq/tcp.hpp"

#include "src/sidekiq/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace snow_white::sidekiq {

namespace {

// How soon an interruption is noticed.
constexpr Duration slice{100};

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

tl::expected<Descriptor, std::string> connect_address(const Address& address, Duration deadline,
                                                      const Clock& clock) {
    Descriptor made(socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (made.number() < 0) return tl::unexpected(words_of_errno(errno));
    const int on = 1;
    setsockopt(made.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(made.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const auto* where = reinterpret_cast<const sockaddr*>(address.bytes.data());
    if (connect(made.number(), where, static_cast<socklen_t>(address.bytes.size())) == 0)
        return made;
    if (errno != EINPROGRESS) return tl::unexpected(words_of_errno(errno));
    if (auto why = wait_for(made, POLLOUT, deadline, clock)) return tl::unexpected(std::move(*why));
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(made.number(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return tl::unexpected(words_of_errno(error));
    return made;
}

} // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

bool is_closed(int error) {
    return error == ECONNRESET || error == EPIPE;
}

std::string words_of_errno(int error) {
    switch (error) {
    case ECONNREFUSED:
        return "refuses the connection: nothing listens there; check the host and the port";
    case ECONNRESET:
    case EPIPE:
        return "closed the connection";
    case ETIMEDOUT:
    case ENETUNREACH:
    case EHOSTUNREACH:
        return "cannot be reached from here: it may be open to its VPC only; check the security "
               "group";
    default:
        return fmt::format("cannot be reached: {}", std::strerror(error));
    }
}

bool is_over(Duration deadline, const Clock& clock) {
    return clock.interrupted() || clock.elapsed() >= deadline;
}

std::optional<std::string> wait_for(const Descriptor& descriptor, short events, Duration deadline,
                                    const Clock& clock) {
    const Duration begin = clock.elapsed();
    while (!is_over(deadline, clock)) {
        const Duration left = deadline - clock.elapsed();
        pollfd one{.fd = descriptor.number(), .events = events, .revents = 0};
        const int ready = poll(&one, 1, static_cast<int>(std::min(left, slice).count()));
        if (ready > 0) return std::nullopt;
        if (ready < 0 && errno != EINTR) return words_of_errno(errno);
    }
    if (clock.interrupted()) return "was not asked to the end: the run is interrupted";
    return fmt::format("does not answer within {:.0f} s: it may be open to its VPC only; check the "
                       "security group",
                       std::chrono::duration<double>(deadline - begin).count());
}

tl::expected<Descriptor, std::string> connect_tcp(const std::string& host, int port,
                                                  Duration deadline, const Clock& clock) {
    const auto addresses = resolve(host, port, deadline, clock);
    if (!addresses) return tl::unexpected(addresses.error());
    std::string why;
    Duration::rep rest = static_cast<Duration::rep>(addresses->size());
    for (const auto& address : *addresses) {
        const Duration now = clock.elapsed();
        auto connected = connect_address(address, now + (deadline - now) / rest--, clock);
        if (connected || clock.interrupted()) return connected;
        why = connected.error();
    }
    return tl::unexpected(why);
}

tl::expected<void, std::string> TcpSocket::write(std::string_view bytes, Duration timeout) {
    const Duration deadline = clock_.elapsed() + timeout;
    while (!bytes.empty()) {
        const ssize_t sent = send(descriptor_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && is_closed(errno)) return {};
        if (sent < 0 && !would_block(errno)) return tl::unexpected(words_of_errno(errno));
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (bytes.empty() || sent > 0) continue;
        if (auto why = wait_for(descriptor_, POLLOUT, deadline, clock_))
            return tl::unexpected(std::move(*why));
    }
    return {};
}

tl::expected<std::size_t, std::string> TcpSocket::read(std::span<char> buffer, Duration timeout) {
    const Duration deadline = clock_.elapsed() + timeout;
    for (;;) {
        if (auto why = wait_for(descriptor_, POLLIN, deadline, clock_))
            return tl::unexpected(std::move(*why));
        const ssize_t got = recv(descriptor_.number(), buffer.data(), buffer.size(), 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (is_closed(errno)) return std::size_t{0};
        if (!would_block(errno)) return tl::unexpected(words_of_errno(errno));
    }
}

} // namespace snow_white::sidekiq
