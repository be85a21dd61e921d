#include "src/cli/commands/redis_access.hpp"

#include "src/base/text.hpp"
#include "src/cli/input/sidekiq_settings.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// Another way leads to a server that this machine does not reach.
std::string ways_to_reach(const sidekiq::RedisUrl& server) {
    const std::string then =
        server.tls ? fmt::format("with 127.0.0.1 {} in /etc/hosts", server.host)
                   : fmt::format("and then {}=redis://127.0.0.1:{} (rediss:// where Redis encrypts "
                                 "in transit)",
                                 redis_variable, server.port);
    const bool ipv6 = server.host.find(':') != std::string::npos; // ssh wants it in brackets
    return fmt::format("from a laptop: a VPN, or ssh -L {1}:{0}:{1} BASTION {2}; or this command "
                       "on an instance that its security group lets in",
                       ipv6 ? "[" + server.host + "]" : server.host, server.port, then);
}

} // namespace

Parsed<sidekiq::Addresses> redis_of(const Request& request, const Environment& environment) {
    const std::string setting = trimmed(environment.get(redis_variable), blanks_and_line_ends);
    if (setting.empty())
        return invalid("{} is not set; set it to Sidekiq's Redis, e.g. redis://HOST:6379 or "
                       "rediss://USER:PASSWORD@HOST:6379",
                       redis_variable);
    const auto names = sidekiq::applications_in(setting);
    if (request.application.empty() && names.size() > 1)
        return invalid("{} is for several applications ({}); choose one with -p", redis_variable,
                       fmt::join(names, ", "));
    const std::string application =
        request.application.empty() && names.size() == 1 ? names.front() : request.application;
    auto addresses = sidekiq_addresses_of(environment, application);
    if (!addresses) return addresses;
    if (addresses->servers.empty() && names.empty())
        return invalid("{} has no URL; set it to Sidekiq's Redis, e.g. redis://HOST:6379",
                       redis_variable);
    if (addresses->servers.empty())
        return invalid("{} has no Redis for application \"{}\" (there: {}); correct -p, or add it "
                       "there",
                       redis_variable, application, fmt::join(names, ", "));
    return std::move(*addresses);
}

RedisAccess::RedisAccess(const sidekiq::Addresses& addresses, Context& context)
    : servers_(addresses.servers),
      reader_(addresses.servers, addresses.name_space, *context.sockets, context.clock) {}

tl::expected<sidekiq::Snapshot, RedisFailure> RedisAccess::look() {
    using Kind = sidekiq::ReadFailure::Kind;
    return reader_.read().map_error([this](const sidekiq::ReadFailure& failure) {
        return RedisFailure{
            failure.why,
            failure.kind == Kind::unreached ? ways_to_reach(servers_[failure.server]) : "",
            failure.kind == Kind::denied ? ExitCode::denied : ExitCode::unavailable};
    });
}

std::string RedisAccess::source() const {
    const std::size_t more = servers_.size() - 1;
    return fmt::format("Sidekiq's Redis {}{}", address_of(servers_.front()),
                       more == 0 ? "" : fmt::format(" and {} more", more));
}

} // namespace snow_white::cli
