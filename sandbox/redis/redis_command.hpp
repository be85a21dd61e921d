// One request to the simulated Redis: the commands that it knows. redis_command.cpp has those of a
// connection, redis_reads.cpp those that read keys.
//   Source: Redis's documentation of each command; the errors are those of Redis 7.0, with which
// tests/contract/test_simulated_redis.py compares them.
#pragma once

#include "sandbox/redis/keyspace.hpp"
#include "sandbox/redis/redis_session.hpp"
#include "sandbox/redis/resp.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

namespace sandbox {

// SSCAN and HSCAN: [MATCH pattern] [COUNT n].
struct ScanOptions {
    std::string pattern = "*";
    std::size_t count = 10;
};

// Refers to what it is given.
class RedisCommand {
public:
    RedisCommand(RedisSession& session, const RedisRequest& request, const Keyspace& keys,
                 const std::string& password, Instant now, std::string& out)
        : session_(session), request_(request), keys_(keys), password_(password), now_(now),
          reply_(out, session.protocol) {}

    void run();

    static std::string in_lower_case(std::string text);

private:
    using Handler = void (RedisCommand::*)();
    struct Row {
        long arity; // with the name; negative: at least
        Handler handler;
        bool without_password = false;
    };
    static const std::map<std::string, Row>& table();

    void unknown();
    void wrong_count() {
        reply_.error(fmt::format("ERR wrong number of arguments for '{}' command", name_));
    }

    const std::string& argument(std::size_t number) const { return request_[number]; }

    // False, and the error is said, when the key is of another type.
    bool is(KeyType wanted) {
        const KeyType seen = keys_.type_of(argument(1));
        if (seen == KeyType::none || seen == wanted) return true;
        reply_.error("WRONGTYPE Operation against a key holding the wrong kind of value");
        return false;
    }

    bool accepts(const std::string& user, const std::string& password) const {
        return user == "default" && (password_.empty() || password == password_);
    }

    void auth();
    void hello();
    void greet();
    void select();
    void ping();
    void echo() { reply_.bulk(argument(1)); }
    void client();
    void quit();
    void time();
    void exists();
    void type();
    void smembers();
    void sscan();
    void scard();
    void sismember();
    void hget();
    void hmget();
    void hgetall();
    void hscan();
    void hlen();
    void hexists();
    void llen();
    void zcard();

    std::optional<ScanOptions> scan_options();
    static const std::string* field(const HashFields& fields, const std::string& name);

    RedisSession& session_;
    const RedisRequest& request_;
    const Keyspace& keys_;
    const std::string& password_;
    Instant now_;
    ReplyWriter reply_;
    std::string name_;
};

} // namespace sandbox
