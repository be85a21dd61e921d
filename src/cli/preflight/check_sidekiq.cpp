#include "src/cli/preflight/check_sidekiq.hpp"

#include "src/base/pluralize.hpp"
#include "src/cli/session/sidekiq_redis.hpp"

#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

std::string servers_text(const sidekiq::Addresses& addresses) {
    std::vector<std::string> names;
    for (const auto& server : addresses.servers)
        names.push_back(address_of(server));
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

void check_sidekiq(const Request& request, Context& context, Findings& findings) {
    if (request.mode != Mode::here) return;
    const auto& addresses = request.sidekiq;
    if (addresses.servers.empty() && !context.environment.has(redis_variable))
        return findings.print("Sidekiq's Redis: not asked; {} is not set", redis_variable);
    if (addresses.servers.empty())
        return findings.print("Sidekiq's Redis: not asked; {} has no URL for {}", redis_variable,
                              request.application);
    if (request.region_targets().size() > 1)
        return findings.print("Sidekiq's Redis: not read in a run of several regions");
    const std::string servers = servers_text(addresses);
    const auto seen = sidekiq_of(request, context)();
    if (!seen)
        return findings.warn("{}; a run does without it, and says that it was not verified there",
                             seen.error());
    findings.print("Sidekiq's Redis: {} answers; it knows {}", servers,
                   pluralize(seen->processes.size(), "live worker"));
}

} // namespace snow_white::cli
