// Reads Sidekiq's structures from its Redis servers. It sends only the commands of
// read_commands(), which change nothing. It knows no fleet.
//   Cost: a look is one pipelined round trip for the processes, the queues and the sizes, and one
// for the jobs of busy processes, for each server. A connection is kept between looks.
#pragma once

#include "src/sidekiq/model/snapshot.hpp"
#include "src/sidekiq/socket.hpp"

#include <vector>

namespace snow_white::sidekiq {

// Why the servers could not be read.
struct ReadFailure {
    enum class Kind {
        unreached, // no connection was made
        denied,    // Redis refuses the password or the user's rights: asking again changes nothing
        other,
    };
    std::string why = {}; // a sentence that names the server
    Kind kind = Kind::other;
    std::size_t server = 0; // its place among the servers
};

class Reader {
public:
    // `sockets` and `clock` outlive it. Several servers: one application's shards.
    // `name_space`: of redis-namespace (Sidekiq 6 and older); empty: none.
    Reader(std::vector<RedisUrl> servers, std::string name_space, Sockets& sockets,
           const Clock& clock);
    ~Reader();
    Reader(Reader&&) noexcept;

    // How long all servers together may take: where nothing else waits for them, and in a run,
    // which polls AWS by the same thread.
    static constexpr std::chrono::seconds look_timeout{30};
    static constexpr std::chrono::seconds look_timeout_of_run{10};

    // All servers' answers as one: a server that does not answer makes the whole unknown. Tries a
    // fresh connection once.
    tl::expected<Snapshot, ReadFailure> read(Duration limit = look_timeout);

private:
    struct Connection;
    std::vector<Connection> connections_;
    Sockets& sockets_;
    const Clock& clock_;
};

// The names of all commands that a Reader sends, for the ACL rule in docs/security.md.
const std::vector<std::string>& read_commands();

} // namespace snow_white::sidekiq
