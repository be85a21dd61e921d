#include "src/aws/config/settings.hpp"

#include "src/base/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

void read_attempts(const std::string& text, Settings& settings) {
    if (text.empty()) return;
    int attempts = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, attempts);
    if (parsed.ec == std::errc{} && parsed.ptr == end && attempts > 0)
        settings.attempts = attempts;
    else
        settings.problem = fmt::format(
            "AWS_MAX_ATTEMPTS (max_attempts) is \"{}\": write a whole number, 1 or more", text);
}

// The order is the guide's: the service's variable, the general variable, the service's setting,
// the general setting. So no file's setting counts when the general variable is set.
void read_endpoints(const Environment& environment, const Profiles& profiles,
                    const Profile& profile, Settings& settings) {
    const std::string section = setting(profile, "services");
    const auto services = profiles.services.find(section);
    if (!section.empty() && services == profiles.services.end())
        settings.problem =
            fmt::format("the profile names services = {}, but {} has no [services {}]", section,
                        profiles.read_from, section);
    const Profile of_services = services == profiles.services.end() ? Profile{} : services->second;
    const std::string general = environment.get("AWS_ENDPOINT_URL");
    for (const auto* service : services::all) {
        const std::string id(service->id);
        std::string url = environment.get("AWS_ENDPOINT_URL_" + id, general);
        if (url.empty()) url = setting(of_services, lower_case(id) + ".endpoint_url");
        if (!url.empty()) settings.endpoint_urls[id] = url;
    }
    settings.endpoint_urls[""] = general.empty() ? setting(profile, "endpoint_url") : general;
}

} // namespace

Settings read_settings(const Environment& environment, const std::string& profile_name) {
    const auto profiles = read_profiles(environment);
    const Profile& profile = profiles.named(chosen_profile(environment, profile_name));
    const auto either = [&](const char* variable, const char* name) {
        return environment.get(variable, setting(profile, name));
    };
    Settings settings{
        .region = environment.get("AWS_REGION", either("AWS_DEFAULT_REGION", "region")),
        .fips = is_true(either("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")),
        .dual_stack = is_true(either("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")),
        .global_sts = either("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints") == "legacy",
        .ca_bundle = either("AWS_CA_BUNDLE", "ca_bundle")};
    read_attempts(either("AWS_MAX_ATTEMPTS", "max_attempts"), settings);
    if (!is_true(either("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")))
        read_endpoints(environment, profiles, profile, settings);
    return settings;
}

} // namespace snow_white::aws
