#include "sandbox/server/redis_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sandbox {

namespace {

constexpr int backlog = 128;
constexpr std::size_t most_redis_connections = 1'000;

// The port; 0: it cannot be had. Linux gives a port that was asked for by its number back only when
// the socket is closed, one that it chose itself also when the socket stops listening.
int bind_to(int descriptor, int port) {
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    const bool bound =
        bind(descriptor, place, size) == 0 && getsockname(descriptor, place, &size) == 0;
    return bound ? ntohs(address.sin_port) : 0;
}

} // namespace

struct RedisServer::State {
    struct Connection {
        int descriptor;
        RedisSession session;
        std::string unsent;
        bool closes = false; // once all is sent

        // False: it has ended.
        bool send_what_fits() {
            while (!unsent.empty()) {
                const ssize_t sent =
                    ::send(descriptor, unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
                if (sent < 0) return errno == EAGAIN || errno == EINTR;
                unsent.erase(0, static_cast<std::size_t>(sent));
            }
            return !closes;
        }

        bool receive_what_came(const RedisService& service) {
            std::array<char, 65'536> buffer{};
            const ssize_t count = recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count == 0) return false;
            if (count < 0) return errno == EAGAIN || errno == EINTR;
            RedisAnswer answer =
                service.receive(session, {buffer.data(), static_cast<std::size_t>(count)});
            unsent += answer.bytes;
            closes = answer.closes;
            return send_what_fits();
        }
    };

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> ends{false};
    std::atomic<bool> accepts{true};
    std::list<Connection> connections;
    RedisService service;
    std::thread thread;

    void poke() const { eventfd_write(wake, 1); }

    void run() {
        while (!ends) {
            std::vector<pollfd> sources{{wake, POLLIN, 0}, {accepts ? listener : -1, POLLIN, 0}};
            for (const Connection& one : connections)
                sources.push_back(
                    {one.descriptor, static_cast<short>(one.unsent.empty() ? POLLIN : POLLOUT), 0});
            poll(sources.data(), sources.size(), -1);
            eventfd_t ignored = 0;
            eventfd_read(wake, &ignored);
            serve_those_in(sources);
            if (sources[1].revents != 0) welcome();
        }
        close_all();
    }

    // `sources`: behind the first two, one for each connection.
    void serve_those_in(const std::vector<pollfd>& sources) {
        if (!accepts) return close_all();
        auto source = sources.begin() + 2;
        for (auto one = connections.begin(); one != connections.end(); ++source) {
            const bool stays =
                source->revents == 0 ||
                (one->unsent.empty() ? one->receive_what_came(service) : one->send_what_fits());
            if (!stays) close(one->descriptor);
            one = stays ? std::next(one) : connections.erase(one);
        }
    }

    void welcome() {
        const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor < 0) return;
        if (connections.size() >= most_redis_connections) {
            close(descriptor);
            return;
        }
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections.push_back({.descriptor = descriptor, .session = service.connect()});
    }

    void close_all() {
        for (const Connection& one : connections)
            close(one.descriptor);
        connections.clear();
    }
};

RedisServer::RedisServer() : state_(std::make_unique<State>()) {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    port_ = bind_to(probe, 0);
    const bool bound = port_ > 0 && bind_to(state_->listener, port_) == port_;
    close(probe);
    if (!bound || state_->wake < 0 || listen(state_->listener, backlog) != 0)
        throw std::runtime_error("no free port on 127.0.0.1 for the simulated Redis");
}

RedisServer::~RedisServer() {
    state_->ends = true;
    state_->poke();
    if (state_->thread.joinable()) state_->thread.join();
    close(state_->listener);
    close(state_->wake);
}

void RedisServer::serve(RedisService service) {
    state_->service = std::move(service);
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

// On Linux a socket that was shut down listens no more, and keeps its port for the next listen().
void RedisServer::accept_connections(bool accepts) {
    if (state_->accepts.exchange(accepts) == accepts) return;
    if (accepts)
        listen(state_->listener, backlog);
    else
        shutdown(state_->listener, SHUT_RDWR);
    state_->poke();
}

} // namespace sandbox
