#include "src/sidekiq/refusal.hpp"

#include <array>
#include <fmt/format.h>

namespace snow_white::sidekiq {

namespace {

constexpr auto denied = RedisRefusal::Kind::denied;
constexpr auto wrong_type = RedisRefusal::Kind::wrong_type;

struct KnownError {
    std::string_view begins;   // the error itself
    std::string_view contains; // in its first words
    std::string_view words;    // {} is the command
    RedisRefusal::Kind kind = RedisRefusal::Kind::other;
};

// Source: redis's src/acl.c, auth.c, db.c, networking.c, server.c at 5.0 to 7.2.
constexpr std::array known_errors{
    KnownError{"NOAUTH", "", "wants a password: write redis://:PASSWORD@HOST, or USER:PASSWORD@",
               denied},
    KnownError{"WRONGPASS", "", "refuses the user and password of the URL, or that user is off",
               denied},
    KnownError{"ERR", "invalid password", "refuses the password of the URL", denied},
    KnownError{"ERR", "without any password configured",
               "has no password for its default user: leave it out of the URL"},
    KnownError{"ERR", "no password is set", "has no password: leave it out of the URL"},
    KnownError{"ERR", "wrong number of arguments for 'auth'",
               "is older than 6 and has no users: write :PASSWORD@ without the user"},
    KnownError{"NOPERM", " key",
               "does not let its user read the keys that {} needs: give it the ACL rule of "
               "docs/security.md, with the namespace in its key patterns if there is one",
               denied},
    KnownError{"NOPERM", "",
               "does not let its user run {}: give it the ACL rule of docs/security.md", denied},
    KnownError{"LOADING", "", "is starting and still loads its data"},
    KnownError{"WRONGTYPE", "",
               "has something else than Sidekiq's data under the name that {} asked for: check the "
               "database and the namespace of the URL",
               wrong_type},
    KnownError{"MOVED", "",
               "is a part of a Redis Cluster, which Sidekiq cannot use: write the URL that Sidekiq "
               "has"},
    KnownError{"CLUSTERDOWN", "",
               "is a part of a Redis Cluster, which Sidekiq cannot use: write the URL that Sidekiq "
               "has"},
    KnownError{"ERR", "DB index is out of range",
               "has no database of that number: write the one that Sidekiq uses"},
    KnownError{"ERR", "SELECT is not allowed in cluster mode",
               "is a part of a Redis Cluster, which Sidekiq cannot use: write the URL that Sidekiq "
               "has"},
    KnownError{"ERR", "max number of clients", "has as many clients as it allows"},
    KnownError{"DENIED", "", "is in protected mode: it takes connections of its own host only"},
    KnownError{"MASTERDOWN", "", "is a replica that has lost its primary: write the primary's URL"},
    KnownError{"BUSY", "", "runs a script that does not end"},
    KnownError{"MISCONF", "", "refuses commands since it cannot save its data"},
    KnownError{"ERR", "unknown command", "does not know the command {}"},
    KnownError{"ERR", "Protocol error", "speaks Redis's protocol, and does not understand ours"},
};

} // namespace

RedisRefusal refusal_of(std::string_view error, std::string_view command) {
    for (const KnownError& known : known_errors)
        if (error.starts_with(known.begins) && error.find(known.contains) != std::string_view::npos)
            return {fmt::format(fmt::runtime(known.words), command), known.kind};
    return {
        fmt::format("refuses {} with an error that we do not know; redis-cli shows it", command)};
}

std::string words_of_other_program(std::string_view first_bytes) {
    if (first_bytes.starts_with("HTTP/"))
        return "is a web server, no Redis: check the host and the port";
    // A TLS alert (RFC 8446, section 5.1) or handshake record.
    if (first_bytes.size() > 1 && (first_bytes[0] == '\x15' || first_bytes[0] == '\x16') &&
        first_bytes[1] == '\x03')
        return "speaks TLS: write rediss:// instead of redis://";
    if (first_bytes.starts_with("SSH-")) return "is an SSH server, no Redis: check the port";
    return {};
}

} // namespace snow_white::sidekiq
