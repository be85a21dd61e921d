// The address of a Redis server. In: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], or rediss://
// for TLS. Out: its parts. An error never repeats the text: it may hold a password.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace snow_white::sidekiq {

struct RedisUrl {
    bool tls = false;
    std::string host; // an IPv6 address without its brackets
    int port = 6379;
    std::string user;     // empty: Redis's user "default"
    std::string password; // empty: none is sent
    int database = 0;
};

tl::expected<RedisUrl, std::string> parse_redis_url(std::string_view text);

// "HOST:PORT", safe for messages.
std::string address_of(const RedisUrl& url);

} // namespace snow_white::sidekiq
