#include "sandbox/base/lookup.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/ssm/targets.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/time_format.hpp"

#include <algorithm>

namespace sandbox {

namespace {

constexpr std::size_t default_page = 10;

using Strings = std::vector<std::string>;

std::string ping_status(const Instance& instance) {
    if (is_reachable(instance)) return "Online";
    return instance.agent == AgentState::inactive ? "Inactive" : "ConnectionLost";
}

struct Filter {
    std::string key;
    Strings values;
};

std::vector<Filter> filters_of(const Json& parameters) {
    std::vector<Filter> filters;
    for (const auto& filter : parameters.value("Filters", Json::array()))
        filters.push_back({filter.at("Key"), filter.at("Values")});
    for (const auto& filter : parameters.value("InstanceInformationFilterList", Json::array()))
        filters.push_back({filter.at("key"), filter.at("valueSet")});
    return filters;
}

bool is_by_tag(const Filter& filter) {
    return filter.key == "tag-key" || filter.key.starts_with("tag:");
}

// Source of the second: the service's answer in github.com/danmx/sigil, issue 61; of the first: the
// API reference ("you can use one of the two"), its words are an assumption.
void check_mix(const Json& parameters, const std::vector<Filter>& filters) {
    const bool old_list = !parameters.value("InstanceInformationFilterList", Json::array()).empty();
    if (old_list && !parameters.value("Filters", Json::array()).empty())
        throw AwsError("ValidationException",
                       "Cannot use both InstanceInformationFilterList and Filters in one request.");
    const auto by_tag = std::ranges::count_if(filters, is_by_tag);
    if (by_tag > 0 && by_tag < std::ssize(filters))
        throw AwsError("ValidationException",
                       "Cannot mix tag or inventory filter with any other filter.");
}

bool matches(const RegionState& state, const Instance& instance, const Filter& filter) {
    const auto& [key, values] = filter;
    if (is_by_tag(filter)) return has_tag(state, instance, key, values);
    if (key == "InstanceIds" || key == "SourceIds") return contains(values, instance.id);
    if (key == "PingStatus") return contains(values, ping_status(instance));
    if (key == "AgentVersion") return contains(values, instance.agent_version);
    if (key == "PlatformTypes") return contains(values, "Linux");
    if (key == "ResourceType") return contains(values, "EC2Instance");
    if (key == "SourceTypes") return contains(values, "AWS::EC2::Instance");
    if (key == "ActivationIds" || key == "AssociationStatus" || key == "IamRole") return false;
    throw aws_error("ValidationException", "{} filter Key is invalid.", key); // recorded
}

// An agent pings every five minutes; a lost one was heard of when it came up and not since.
Json describe(const RegionState& state, const Instance& instance, Instant now) {
    const Instant last_ping = is_reachable(instance) ? now : instance.launched;
    return {{"InstanceId", instance.id},
            {"PingStatus", ping_status(instance)},
            {"LastPingDateTime", epoch_seconds(last_ping)},
            {"AgentVersion", instance.agent_version},
            {"IsLatestVersion", true},
            {"PlatformType", "Linux"},
            {"PlatformName", "Amazon Linux"},
            {"PlatformVersion", "2023"},
            {"ResourceType", "EC2Instance"},
            {"IPAddress", instance.private_ip},
            {"ComputerName", instance.host ? instance.host->hostname()
                                           : private_dns_name(state.region, instance.private_ip)},
            {"SourceId", instance.id},
            {"SourceType", "AWS::EC2::Instance"}};
}

} // namespace

Json describe_instance_information(const RegionState& state, const Json& parameters, Instant now) {
    const std::vector<Filter> filters = filters_of(parameters);
    for (const auto& filter : filters)
        matches(state, Instance{}, filter); // an unknown key fails in an empty world, too
    check_mix(parameters, filters);
    std::vector<const Instance*> found;
    for (const auto& instance : state.instances)
        if (is_managed(instance) && !applies(state.visibility.omits_agent, instance) &&
            std::ranges::all_of(
                filters, [&](const Filter& filter) { return matches(state, instance, filter); }))
            found.push_back(&instance);
    return list_page(
        parameters,
        {.region = state.region,
         .action = "DescribeInstanceInformation",
         .list = "InstanceInformationList",
         .default_size = default_page,
         .short_pages = state.visibility.short_pages},
        found, [&state, now](const Instance* instance) { return describe(state, *instance, now); });
}

} // namespace sandbox
