// TCP with timeouts. In: a host and a port. Out: a connected socket that never blocks, and waits
// that end at a deadline or when the run is interrupted. The reasons continue "Redis at HOST:PORT "
// (socket.hpp).
#pragma once

#include "src/sidekiq/socket.hpp"

#include <optional>

namespace snow_white::sidekiq {

// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    int number() const { return number_; }

private:
    int number_;
};

// The deadline has come, or the run is interrupted: then nothing is read or written any more, also
// while a server sends without an end. `deadline` is a reading of clock.elapsed().
bool is_over(Duration deadline, const Clock& clock);

// Returns once one of `events` (poll(2)) is there, or says why not.
std::optional<std::string> wait_for(const Descriptor& descriptor, short events, Duration deadline,
                                    const Clock& clock);

// Tries the addresses of the name in turn.
tl::expected<Descriptor, std::string> connect_tcp(const std::string& host, int port,
                                                  Duration deadline, const Clock& clock);

// Why a call failed, of errno.
std::string words_of_errno(int error);

// The server has closed the connection. A write() ends then without an error, as there may be an
// answer that says why; the next read() returns it, or 0.
bool is_closed(int error);

class TcpSocket : public Socket {
public:
    // `clock` outlives it.
    TcpSocket(Descriptor descriptor, const Clock& clock)
        : descriptor_(std::move(descriptor)), clock_(clock) {}
    tl::expected<void, std::string> write(std::string_view bytes, Duration timeout) override;
    tl::expected<std::size_t, std::string> read(std::span<char> buffer, Duration timeout) override;

private:
    Descriptor descriptor_;
    const Clock& clock_;
};

} // namespace snow_white::sidekiq
