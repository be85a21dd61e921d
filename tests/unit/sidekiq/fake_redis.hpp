// A Redis for tests: connections whose replies are written down. It records the commands' bytes.
#pragma once

#include "src/sidekiq/socket.hpp"
#include "tests/unit/fake_clock.hpp"

#include <algorithm>
#include <deque>

namespace test {

// What the server sends after one write(): then it is silent. Empty: it closes the connection.
using RedisStep = std::string;

class FakeRedis : public snow_white::sidekiq::Sockets {
public:
    using Steps = std::deque<RedisStep>;

    tl::expected<std::unique_ptr<snow_white::sidekiq::Socket>, snow_white::sidekiq::ConnectError>
    connect(const snow_white::sidekiq::RedisUrl& url, snow_white::Duration /*timeout*/) override {
        asked.push_back(url);
        if (connections.empty()) return tl::unexpected<std::string>("refuses the connection");
        auto steps = connections.front();
        connections.pop_front();
        return std::make_unique<FakeSocket>(*this, std::move(steps));
    }

    // A connection with a step for each round trip.
    void answer(Steps steps) { connections.push_back(std::move(steps)); }

    std::deque<Steps> connections;                    // for each connect(), in order
    std::vector<snow_white::sidekiq::RedisUrl> asked; // of connect()
    std::string written;                              // on all connections
    std::size_t round_trips = 0;                      // of all connections: calls of write()
    std::size_t most_read = 4096;                     // bytes for one read()

private:
    class FakeSocket : public snow_white::sidekiq::Socket {
    public:
        FakeSocket(FakeRedis& redis, Steps steps) : redis_(redis), steps_(std::move(steps)) {}
        tl::expected<void, std::string> write(std::string_view bytes,
                                              snow_white::Duration /*timeout*/) override {
            redis_.written += bytes;
            ++redis_.round_trips;
            if (steps_.empty()) return {};
            closed_ = steps_.front().empty();
            unread_ += steps_.front();
            steps_.pop_front();
            return {};
        }
        tl::expected<std::size_t, std::string> read(std::span<char> buffer,
                                                    snow_white::Duration /*timeout*/) override {
            if (unread_.empty() && !closed_) return tl::unexpected<std::string>("does not answer");
            const std::size_t size = std::min({buffer.size(), unread_.size(), redis_.most_read});
            std::copy_n(unread_.begin(), size, buffer.begin());
            unread_.erase(0, size);
            return size;
        }

    private:
        FakeRedis& redis_;
        Steps steps_;
        std::string unread_;
        bool closed_ = false;
    };
};

// Replies as Redis writes them.
inline std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
inline std::string list(const std::vector<std::string>& texts) {
    std::string reply = "*" + std::to_string(texts.size()) + "\r\n";
    for (const auto& text : texts)
        reply += bulk(text);
    return reply;
}
inline std::string integer(long long value) {
    return ":" + std::to_string(value) + "\r\n";
}

} // namespace test
