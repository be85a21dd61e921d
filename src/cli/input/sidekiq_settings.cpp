#include "src/cli/input/sidekiq_settings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

// The person who starts the task may name any host there. To a server that is no Redis, a line
// break in a password would begin a command of its own.
bool has_control_character(const sidekiq::RedisUrl& url) {
    return std::ranges::any_of(url.user + url.password, [](char one) {
        const auto byte = static_cast<unsigned char>(one);
        return byte < ' ' || byte == 0x7f;
    });
}

tl::expected<sidekiq::Addresses, std::string> read_addresses(const std::string& setting,
                                                             const std::string& application) {
    auto addresses = sidekiq::addresses_for(setting, application);
    if (addresses && std::ranges::any_of(addresses->servers, has_control_character))
        return tl::unexpected(fmt::format(
            "{}: its user or password has a control character; correct it", redis_variable));
    return addresses;
}

} // namespace

bool is_redis_setting(const std::string& value) {
    const auto names = sidekiq::applications_in(value);
    if (names.empty()) return read_addresses(value, "").has_value();
    return std::ranges::all_of(names, [&value](const std::string& application) {
        return read_addresses(value, application).has_value();
    });
}

std::string why_strict_fails(const Request& request) {
    if (!request.strict) return {};
    if (request.action == drain::Action::wake)
        return "--strict: a wake does not look for others; leave it out";
    if (request.region_targets().size() > 1)
        return "--strict: a run of several regions or profiles does not read Sidekiq's Redis; run "
               "it once for each, or leave --strict out";
    const bool knows_redis = request.mode == Mode::here || request.mode == Mode::container;
    if (knows_redis && request.sidekiq.servers.empty())
        return fmt::format("--strict: {} has no Redis for application \"{}\"; add it, or leave "
                           "--strict out",
                           redis_variable, request.application);
    return {};
}

Parsed<sidekiq::Addresses> sidekiq_addresses_of(const Environment& environment,
                                                const std::string& application) {
    const std::string setting = environment.get(redis_variable);
    if (setting.empty()) return sidekiq::Addresses{};
    auto addresses = read_addresses(setting, application);
    if (!addresses) return tl::unexpected(also_to_slack("{}", addresses.error()));
    return std::move(*addresses);
}

} // namespace snow_white::cli
