#include "src/aws/config/endpoint.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

struct Partition {
    std::string_view region_prefix;
    std::string_view suffix;
    std::string_view dual_stack_suffix;
    std::string_view global_region; // the signing region of global services, such as IAM
    // IAM's hosts follow no rule: plain, FIPS, dual-stack, both.
    std::string_view iam, iam_fips, iam_dual_stack, iam_both;
    bool plain_is_fips = false; // most plain endpoints are FIPS endpoints (Service::marked_fips)
};

// The last one is for every other region, also for regions that are not known yet.
constexpr Partition partitions[] = {
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-north-1",
     "iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn",
     "iam.global.api.amazonwebservices.com.cn", "iam-fips.api.amazonwebservices.com.cn"},
    {"us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1", "iam.us-gov.amazonaws.com",
     "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.api.aws", true},
    {"us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1", "iam.us-iso-east-1.c2s.ic.gov",
     "iam-fips.us-iso-east-1.c2s.ic.gov", "iam.api.aws.ic.gov", "iam-fips.api.aws.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1",
     "iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov",
     "iam.api.aws.scloud", "iam-fips.api.aws.scloud"},
    {"", "amazonaws.com", "api.aws", "us-east-1", "iam.amazonaws.com", "iam-fips.amazonaws.com",
     "iam.global.api.aws", "iam-fips.global.api.aws"}};

// Regions for which sts_regional_endpoints = legacy means the global endpoint.
constexpr std::array<std::string_view, 15> legacy_sts_regions{
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2"};

const Partition& partition_of(const std::string& region) {
    return *std::ranges::find_if(partitions, [&region](const Partition& partition) {
        return region.starts_with(partition.region_prefix);
    });
}

std::string_view iam_host(const Settings& settings, const Partition& partition) {
    if (settings.dual_stack) return settings.fips ? partition.iam_both : partition.iam_dual_stack;
    return settings.fips ? partition.iam_fips : partition.iam;
}

std::string regional_host(const Settings& settings, const Service& service,
                          const Partition& partition, const std::string& region) {
    const bool plain = partition.plain_is_fips && !service.marked_fips && !settings.dual_stack;
    const std::string_view prefix =
        service.host.empty() || settings.dual_stack ? service.name : service.host;
    return fmt::format("{}{}.{}.{}", prefix, settings.fips && !plain ? "-fips" : "", region,
                       settings.dual_stack ? partition.dual_stack_suffix : partition.suffix);
}

// The URL, with the root path if it has none.
std::string with_path(const std::string& url) {
    const auto scheme = url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    return url.find('/', host) == std::string::npos ? url + "/" : url;
}

bool is_global_sts(const Settings& settings, const Service& service, const std::string& region) {
    return settings.global_sts && service.name == "sts" && !settings.fips && !settings.dual_stack &&
           std::ranges::find(legacy_sts_regions, region) != legacy_sts_regions.end();
}

} // namespace

Endpoint endpoint_of(const Settings& settings, const Service& service, const std::string& region) {
    const auto& partition = partition_of(region);
    const std::string signing_region =
        service.global ? std::string(partition.global_region) : region;
    const auto& urls = settings.endpoint_urls;
    auto chosen = urls.find(service.id);
    if (chosen == urls.end()) chosen = urls.find("");
    if (chosen != urls.end() && !chosen->second.empty())
        return {with_path(chosen->second), signing_region};
    if (is_global_sts(settings, service, region))
        return {"https://sts.amazonaws.com/", "us-east-1"};
    const std::string host = service.global ? std::string(iam_host(settings, partition))
                                            : regional_host(settings, service, partition, region);
    return {"https://" + host + "/", signing_region};
}

} // namespace snow_white::aws
