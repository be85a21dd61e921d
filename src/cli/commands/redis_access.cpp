#include "src/cli/commands/redis_access.hpp"

#include "src/base/json.hpp"
#include "src/cli/input/sidekiq_settings.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// Empty: the variable is for any application.
std::vector<std::string> mapped_applications(const std::string& setting) {
    std::vector<std::string> names;
    const auto map = parse_json(setting);
    if (map && map->is_object())
        for (const auto& one : map->items())
            names.push_back(one.key());
    return names;
}

bool has_any(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&text](std::string_view word) { return text.find(word) != std::string::npos; });
}

// By the words of sidekiq/refusal.cpp.
bool is_denied(const std::string& why) {
    return has_any(why, {"wants a password", "refuses the ", "does not let its"});
}

// Another way leads to a server that this machine does not reach. One whose TLS or certificate is
// wrong was reached (sidekiq/tls.cpp).
std::string ways_to_reach(const sidekiq::RedisUrl& server, const std::string& why) {
    if (has_any(why, {"TLS", "certificate"})) return "";
    const std::string then =
        server.tls ? fmt::format("with 127.0.0.1 {} in /etc/hosts", server.host)
                   : fmt::format("and then {}=redis://127.0.0.1:{} (rediss:// where Redis encrypts "
                                 "in transit)",
                                 redis_variable, server.port);
    return fmt::format("from a laptop: a VPN, or ssh -L {1}:{0}:{1} BASTION {2}; or this command "
                       "on an instance that its security group lets in",
                       server.host, server.port, then);
}

} // namespace

Parsed<sidekiq::Addresses> redis_of(const Request& request, const Environment& environment) {
    const std::string setting = environment.get(redis_variable);
    if (setting.empty())
        return invalid("{} is not set; set it to Sidekiq's Redis, e.g. redis://HOST:6379 or "
                       "rediss://USER:PASSWORD@HOST:6379",
                       redis_variable);
    const auto names = mapped_applications(setting);
    if (request.application.empty() && names.size() > 1)
        return invalid("{} is for several applications ({}); choose one with -p", redis_variable,
                       fmt::join(names, ", "));
    const std::string application =
        request.application.empty() && names.size() == 1 ? names.front() : request.application;
    auto addresses = sidekiq_addresses_of(environment, application);
    if (!addresses) return addresses;
    if (addresses->servers.empty())
        return invalid("{} has no Redis for application \"{}\" (there: {}); correct -p, or add it "
                       "there",
                       redis_variable, application, fmt::join(names, ", "));
    return std::move(*addresses);
}

RedisAccess::RedisAccess(const sidekiq::Addresses& addresses, Context& context)
    : servers_(addresses.servers), sockets_(*context.sockets),
      reader_(addresses.servers, addresses.name_space, sockets_, context.clock) {}

tl::expected<sidekiq::Snapshot, RedisFailure> RedisAccess::look() {
    auto snapshot = reader_.read();
    if (snapshot) return std::move(*snapshot);
    const std::string& why = snapshot.error();
    if (const auto& server = sockets_.unreached())
        return tl::unexpected(RedisFailure{why, ways_to_reach(*server, why)});
    return tl::unexpected(
        RedisFailure{why, "", is_denied(why) ? ExitCode::denied : ExitCode::unavailable});
}

std::string RedisAccess::source() const {
    const std::size_t more = servers_.size() - 1;
    return fmt::format("Sidekiq's Redis {}{}", address_of(servers_.front()),
                       more == 0 ? "" : fmt::format(" and {} more", more));
}

tl::expected<std::unique_ptr<sidekiq::Socket>, std::string>
RedisAccess::NotedSockets::connect(const sidekiq::RedisUrl& url, Duration timeout) {
    auto socket = sockets_.connect(url, timeout);
    unreached_ = socket ? std::nullopt : std::optional(url);
    return socket;
}

} // namespace snow_white::cli
