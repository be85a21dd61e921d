// The simulated workers' Redis as Sockets, without a port: tests/contract/test_simulated_redis.py
// tests the port. A silent server lets the time of the caller's clock pass.
#pragma once

#include "sandbox/server/sandbox.hpp"
#include "src/sidekiq/socket.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace test {

class SandboxSockets : public snow_white::sidekiq::Sockets {
public:
    SandboxSockets(sandbox::Sandbox& box, snow_white::Clock& clock) : box_(box), clock_(clock) {}

    tl::expected<std::unique_ptr<snow_white::sidekiq::Socket>, snow_white::sidekiq::ConnectError>
    connect(const snow_white::sidekiq::RedisUrl&, snow_white::Duration) override {
        if (!box_.redis_accepts()) return tl::unexpected<std::string>("refused the connection");
        return std::make_unique<Connection>(box_, clock_);
    }

private:
    class Connection : public snow_white::sidekiq::Socket {
    public:
        Connection(sandbox::Sandbox& box, snow_white::Clock& clock)
            : box_(box), clock_(clock), session_(box.connect_to_redis()) {}

        tl::expected<void, std::string> write(std::string_view bytes,
                                              snow_white::Duration) override {
            if (closed_) return tl::unexpected<std::string>("closed the connection");
            const sandbox::RedisAnswer answer = box_.ask_redis(session_, bytes);
            unread_ += answer.bytes;
            closed_ = answer.closes;
            return {};
        }

        tl::expected<std::size_t, std::string> read(std::span<char> buffer,
                                                    snow_white::Duration timeout) override {
            if (unread_.empty() && !closed_) {
                clock_.wait(timeout);
                return tl::unexpected<std::string>("did not answer in time");
            }
            const std::size_t count = std::min(buffer.size(), unread_.size());
            std::copy_n(unread_.begin(), count, buffer.begin());
            unread_.erase(0, count);
            return count;
        }

    private:
        sandbox::Sandbox& box_;
        snow_white::Clock& clock_;
        sandbox::RedisSession session_;
        std::string unread_;
        bool closed_ = false;
    };

    sandbox::Sandbox& box_;
    snow_white::Clock& clock_;
};

} // namespace test
