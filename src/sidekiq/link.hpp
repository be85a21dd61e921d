// A connection on which commands are sent and replies read. It signs in first (AUTH, SELECT), and
// sends only the commands of read_commands(): another one is a bug.
#pragma once

#include "src/sidekiq/reader.hpp"
#include "src/sidekiq/reply_reader.hpp"
#include "src/sidekiq/socket.hpp"

#include <memory>
#include <vector>

namespace snow_white::sidekiq {

// Why an exchange failed.
struct LinkFailure {
    ReadFailure failure;
    bool lost = false; // the connection broke: another one may do better
};

struct Command {
    std::vector<std::string> words; // the name first
    TakeElement take;               // gets the reply's elements
    // Called where the key has another type than the command wants: somebody else's data under a
    // name of Sidekiq's. Empty: then the exchange fails.
    std::function<void()> wrong_type = {};
};

class Link {
public:
    // How long Redis may be silent.
    static constexpr std::chrono::seconds connect_timeout{5};
    static constexpr std::chrono::seconds silence_timeout{5};

    // `deadline` is a reading of clock.elapsed(). `has_answered`: Redis did so by this URL before,
    // so the URL is not to blame.
    static tl::expected<std::unique_ptr<Link>, LinkFailure>
    open(const RedisUrl& url, Sockets& sockets, const Clock& clock, bool has_answered,
         Duration deadline);

    // Sends all commands (in parts of a thousand, each one round trip) and takes the replies, in
    // order. After a failure the link is of no more use.
    tl::expected<void, LinkFailure> exchange(const std::vector<Command>& commands,
                                             Duration deadline);

private:
    Link(const RedisUrl& url, std::unique_ptr<Socket> socket, const Clock& clock);

    tl::expected<void, LinkFailure> sign_in(const RedisUrl& url, Duration deadline);
    tl::expected<void, LinkFailure> send(std::span<const Command> commands, Duration deadline);
    tl::expected<void, LinkFailure> take_reply(const Command& command, Duration deadline);
    tl::expected<void, LinkFailure> receive(Duration deadline);
    std::string_view words_of_end() const;
    LinkFailure failure(std::string_view words, bool lost = false) const;
    Duration left_until(Duration deadline) const;

    std::string address_;
    bool tls_;
    std::unique_ptr<Socket> socket_;
    const Clock& clock_;
    ReplyReader replies_;
    bool has_answered_ = false;
};

} // namespace snow_white::sidekiq
