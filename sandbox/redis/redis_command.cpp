#include "sandbox/redis/redis_command.hpp"

#include "sandbox/base/text.hpp"

#include <algorithm>
#include <cctype>

namespace sandbox {

namespace {

constexpr long databases = 16;
constexpr std::size_t longest_shown = 128;
constexpr const char* wrong_password =
    "WRONGPASS invalid username-password pair or user is disabled.";
constexpr const char* no_hello =
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
    "AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
    "protocol version at the same time";

} // namespace

std::string RedisCommand::in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

const std::map<std::string, RedisCommand::Row>& RedisCommand::table() {
    static const std::map<std::string, Row> all{
        {"auth", {-2, &RedisCommand::auth, true}},  {"hello", {-1, &RedisCommand::hello, true}},
        {"quit", {-1, &RedisCommand::quit, true}},  {"select", {2, &RedisCommand::select}},
        {"ping", {-1, &RedisCommand::ping}},        {"echo", {2, &RedisCommand::echo}},
        {"client", {-2, &RedisCommand::client}},    {"time", {1, &RedisCommand::time}},
        {"exists", {-2, &RedisCommand::exists}},    {"type", {2, &RedisCommand::type}},
        {"smembers", {2, &RedisCommand::smembers}}, {"sscan", {-3, &RedisCommand::sscan}},
        {"scard", {2, &RedisCommand::scard}},       {"sismember", {3, &RedisCommand::sismember}},
        {"hget", {3, &RedisCommand::hget}},         {"hmget", {-3, &RedisCommand::hmget}},
        {"hgetall", {2, &RedisCommand::hgetall}},   {"hscan", {-3, &RedisCommand::hscan}},
        {"hlen", {2, &RedisCommand::hlen}},         {"hexists", {3, &RedisCommand::hexists}},
        {"llen", {2, &RedisCommand::llen}},         {"zcard", {2, &RedisCommand::zcard}}};
    return all;
}

// Redis judges the name and the number of arguments before the password.
void RedisCommand::run() {
    name_ = in_lower_case(argument(0));
    if (name_ == "post" || name_ == "host:") { // a web page that tries HTTP
        session_.closing = true;
        return;
    }
    const auto row = table().find(name_);
    if (row == table().end()) return unknown();
    const auto count = static_cast<long>(request_.size());
    const long arity = row->second.arity;
    if (arity >= 0 ? count != arity : count < -arity) return wrong_count();
    if (!session_.authenticated && !row->second.without_password)
        return reply_.error("NOAUTH Authentication required.");
    (this->*row->second.handler)();
}

void RedisCommand::unknown() {
    std::string shown;
    for (std::size_t i = 1; i < request_.size() && shown.size() < longest_shown; ++i)
        shown += fmt::format("'{}' ", argument(i).substr(0, longest_shown - shown.size()));
    std::ranges::replace_if(
        shown, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    reply_.error(fmt::format("ERR unknown command '{}', with args beginning with: {}",
                             argument(0).substr(0, longest_shown), shown));
}

void RedisCommand::auth() {
    if (request_.size() > 3) return reply_.error("ERR syntax error");
    const bool named = request_.size() == 3;
    if (!named && password_.empty())
        return reply_.error("ERR AUTH <password> called without any password configured for the "
                            "default user. Are you sure your configuration is correct?");
    if (!accepts(named ? argument(1) : "default", request_.back()))
        return reply_.error(wrong_password);
    session_.authenticated = true;
    reply_.simple("OK");
}

void RedisCommand::hello() {
    std::optional<long> protocol = session_.protocol;
    std::size_t next = 1;
    if (request_.size() > 1) protocol = parse_number<long>(argument(next++));
    if (!protocol) return reply_.error("ERR Protocol version is not an integer or out of range");
    if (*protocol != 2 && *protocol != 3)
        return reply_.error("NOPROTO unsupported protocol version");
    while (next < request_.size()) {
        const std::string option = in_lower_case(argument(next));
        const std::size_t left = request_.size() - next - 1;
        if (option == "auth" && left >= 2) {
            if (!accepts(argument(next + 1), argument(next + 2)))
                return reply_.error(wrong_password);
            session_.authenticated = true;
            next += 3;
        } else if (option == "setname" && left >= 1) {
            next += 2;
        } else {
            return reply_.error(
                fmt::format("ERR Syntax error in HELLO option '{}'", argument(next)));
        }
    }
    if (!session_.authenticated) return reply_.error(no_hello);
    session_.protocol = static_cast<int>(*protocol);
    greet();
}

void RedisCommand::greet() {
    reply_.map(7);
    reply_.bulks({"server", "redis", "version", "7.0.15", "proto"});
    reply_.integer(session_.protocol);
    reply_.bulk("id");
    reply_.integer(session_.id);
    reply_.bulks({"mode", "standalone", "role", "master", "modules"});
    reply_.array(0);
}

void RedisCommand::select() {
    const auto database = parse_number<long>(argument(1));
    if (!database) return reply_.error("ERR value is not an integer or out of range");
    if (*database < 0 || *database >= databases)
        return reply_.error("ERR DB index is out of range");
    session_.database = *database;
    reply_.simple("OK");
}

void RedisCommand::ping() {
    if (request_.size() > 2) return wrong_count();
    if (request_.size() == 2)
        reply_.bulk(argument(1));
    else
        reply_.simple("PONG");
}

// What client libraries say of themselves; Redis 7.0 does not know SETINFO yet.
void RedisCommand::client() {
    const std::string what = in_lower_case(argument(1));
    const bool is_id = what == "id";
    if (is_id || what == "setname") {
        name_ += "|" + what;
        if (request_.size() != (is_id ? 2 : 3)) return wrong_count();
        return is_id ? reply_.integer(session_.id) : reply_.simple("OK");
    }
    reply_.error(fmt::format("ERR unknown subcommand '{}'. Try CLIENT HELP.",
                             argument(1).substr(0, longest_shown)));
}

void RedisCommand::quit() {
    session_.closing = true;
    reply_.simple("OK");
}

void RedisCommand::time() {
    const auto milliseconds = now_.time_since_epoch().count();
    reply_.array(2);
    reply_.bulk(std::to_string(milliseconds / 1000));
    reply_.bulk(std::to_string(milliseconds % 1000 * 1000));
}

} // namespace sandbox
