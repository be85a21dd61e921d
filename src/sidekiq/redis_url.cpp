#include "src/sidekiq/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace snow_white::sidekiq {

namespace {

using Refusal = tl::unexpected<std::string>;

constexpr std::size_t longest_url = 4096;
constexpr std::size_t longest_host = 253; // a DNS name
constexpr int most_databases = 1'000'000;

Refusal refused(std::string_view reason) {
    return Refusal(fmt::format(
        "{}; write redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS", reason));
}

std::optional<int> whole_number_of(std::string_view digits, int most) {
    int number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc{} || stopped != end || number < 0 || number > most) return std::nullopt;
    return number;
}

std::optional<char> byte_of(std::string_view two_digits) {
    unsigned value = 0;
    const char* end = two_digits.data() + two_digits.size();
    const auto [stopped, error] = std::from_chars(two_digits.data(), end, value, 16);
    if (error != std::errc{} || stopped != end || two_digits.size() != 2) return std::nullopt;
    return static_cast<char>(value);
}

// RFC 3986, section 2.1. None: a "%" without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const auto byte = byte_of(text.substr(i + 1, 2));
        if (!byte) return std::nullopt;
        decoded += *byte;
        i += 2;
    }
    return decoded;
}

bool is_host(std::string_view text, std::string_view punctuation) {
    return !text.empty() && text.size() <= longest_host && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               punctuation.find(c) != std::string_view::npos;
    });
}

// "USER:PASSWORD", ":PASSWORD"
tl::expected<void, std::string> read_user(std::string_view text, RedisUrl& url) {
    const std::size_t colon = text.find(':');
    const auto user = percent_decoded(text.substr(0, colon));
    const auto password = colon == std::string_view::npos ? std::optional<std::string>{""}
                                                          : percent_decoded(text.substr(colon + 1));
    if (!user || !password)
        return refused("its user or password has a % without two hexadecimal digits: write %25");
    if (password->empty()) return refused("it has a user, but no password");
    url.user = *user;
    url.password = *password;
    return {};
}

// "HOST", "HOST:PORT", "[IPV6]:PORT"
tl::expected<void, std::string> read_host(std::string_view text, RedisUrl& url) {
    const bool bracketed = text.starts_with('[');
    const std::size_t end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && end == std::string_view::npos) return refused("its host has no ]");
    const std::string_view host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    if (!is_host(host, bracketed ? ":.%" : "-._"))
        return refused("its host is none, or its password has a /, ? or # that is not written as "
                       "%2F, %3F or %23");
    url.host = host;
    std::string_view rest =
        end == std::string_view::npos ? std::string_view{} : text.substr(end + (bracketed ? 1 : 0));
    if (rest.empty()) return {};
    const auto port =
        rest.starts_with(':') ? whole_number_of(rest.substr(1), 65535) : std::optional<int>{};
    if (!port || *port == 0) return refused("its port is no number from 1 to 65535");
    url.port = *port;
    return {};
}

tl::expected<void, std::string> read_database(std::string_view text, RedisUrl& url) {
    if (text.empty() || text == "/") return {};
    const auto database = whole_number_of(text.substr(1), most_databases);
    if (!database) return refused("its database is no whole number");
    url.database = *database;
    return {};
}

} // namespace

tl::expected<RedisUrl, std::string> parse_redis_url(std::string_view text) {
    RedisUrl url;
    if (text.size() > longest_url) return refused("it is longer than 4096 bytes");
    url.tls = text.starts_with("rediss://");
    if (!url.tls && !text.starts_with("redis://"))
        return refused("it does not begin with redis:// or rediss://");
    text.remove_prefix(url.tls ? 9 : 8);
    const std::size_t path = std::min(text.find('/'), text.size());
    std::string_view authority = text.substr(0, path);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        if (const auto user = read_user(authority.substr(0, at), url); !user)
            return tl::unexpected(user.error());
        authority.remove_prefix(at + 1);
    }
    if (const auto host = read_host(authority, url); !host) return tl::unexpected(host.error());
    if (const auto database = read_database(text.substr(path), url); !database)
        return tl::unexpected(database.error());
    return url;
}

std::string address_of(const RedisUrl& url) {
    const bool ipv6 = url.host.find(':') != std::string::npos;
    return ipv6 ? fmt::format("[{}]:{}", url.host, url.port)
                : fmt::format("{}:{}", url.host, url.port);
}

} // namespace snow_white::sidekiq
