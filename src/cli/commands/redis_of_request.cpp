#include "src/cli/commands/redis_of_request.hpp"

#include "src/base/contains.hpp"
#include "src/base/json.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// Empty: the variable is for any application.
std::vector<std::string> mapped_applications(const std::string& setting) {
    std::vector<std::string> names;
    const auto map = parse_json(setting);
    if (map && map->is_object())
        for (const auto& [name, url] : map->items())
            names.push_back(name);
    return names;
}

bool has_any(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&text](std::string_view word) { return text.find(word) != std::string::npos; });
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
    const std::string& application =
        request.application.empty() && names.size() == 1 ? names.front() : request.application;
    auto addresses = sidekiq::addresses_for(setting, application);
    if (!addresses) return invalid("{}: {}", redis_variable, addresses.error());
    if (addresses->servers.empty())
        return invalid("{} has no Redis for application \"{}\" (there: {}); correct -p, or add it "
                       "there",
                       redis_variable, application, fmt::join(names, ", "));
    return std::move(*addresses);
}

std::string source_of(const sidekiq::Addresses& addresses) {
    const std::size_t more = addresses.servers.size() - 1;
    return fmt::format("Sidekiq's Redis {}{}", address_of(addresses.servers.front()),
                       more == 0 ? "" : fmt::format(" and {} more", more));
}

// Redis's own words: https://redis.io/docs/latest/commands/auth/
bool is_refusal(const std::string& why) {
    return has_any(why, {"NOAUTH", "WRONGPASS", "NOPERM", "invalid password"});
}

ExitCode code_for_redis(const std::string& why) {
    return is_refusal(why) ? ExitCode::denied : ExitCode::unavailable;
}

std::string what_to_try(const std::string& why, const sidekiq::Addresses& addresses) {
    if (has_any(why, {"NOPERM"}))
        return "docs/security.md has the rule that lets a user read what is needed";
    if (is_refusal(why))
        return fmt::format("correct the user and the password in {}", redis_variable);
    const auto& server = addresses.servers.front();
    return fmt::format("what to try: let this machine in by Redis's security group; a VPN; "
                       "ssh -L {1}:{0}:{1} BASTION, and then {2}=redis://127.0.0.1:{1}; this "
                       "command on an instance; rediss:// where Redis encrypts in transit",
                       server.host, server.port, redis_variable);
}

} // namespace snow_white::cli
