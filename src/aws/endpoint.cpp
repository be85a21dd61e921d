#include "src/aws/endpoint.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

struct Partition {
    std::string_view region_prefix;
    std::string_view suffix;
    std::string_view global_region; // where the partition's global services are signed for
};

// Source: the endpoint rules that botocore ships (partitions.json).
constexpr Partition partitions[] = {{"cn-", "amazonaws.com.cn", "cn-north-1"},
                                    {"us-gov-", "amazonaws.com", "us-gov-west-1"},
                                    {"", "amazonaws.com", "us-east-1"}};

const Partition& partition_of(const std::string& region) {
    for (const auto& partition : partitions)
        if (region.starts_with(partition.region_prefix)) return partition;
    return partitions[2];
}

std::string global_host(const Service& service, const Partition& partition) {
    if (partition.region_prefix == "cn-")
        return fmt::format("{}.cn-north-1.{}", service.name, partition.suffix);
    if (partition.region_prefix == "us-gov-")
        return fmt::format("{}.us-gov.{}", service.name, partition.suffix);
    return fmt::format("{}.{}", service.name, partition.suffix);
}

} // namespace

Endpoint endpoint_of(const Environment& environment, const Service& service, const std::string& region) {
    const auto& partition = partition_of(region);
    const std::string signing_region = service.global ? std::string(partition.global_region) : region;
    const std::string general = environment.get("AWS_ENDPOINT_URL");
    const std::string chosen = environment.get(fmt::format("AWS_ENDPOINT_URL_{}", service.id), general);
    if (!chosen.empty()) return {chosen.ends_with('/') ? chosen : chosen + "/", signing_region};
    if (service.global) return {"https://" + global_host(service, partition) + "/", signing_region};
    return {fmt::format("https://{}.{}.{}/", service.name, region, partition.suffix), signing_region};
}

} // namespace snow_white::aws
