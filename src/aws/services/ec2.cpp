#include "src/aws/services/ec2.hpp"

#include "src/aws/pagination.hpp"
#include "src/base/chunk.hpp"
#include "src/base/time_format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t filter_values = 200; // of all filters of a call together
// EC2 allows 1,000. An instance is some five kilobytes of XML, and twice that once it is parsed.
constexpr std::size_t instances_per_page = 500;
constexpr const char* environment_tag = "elasticbeanstalk:environment-name";

struct Filter {
    std::string name;
    std::vector<std::string> values;
};

Filter state_filter(Ec2States states) {
    if (states == Ec2States::living)
        return {"instance-state-name",
                {"pending", "running", "stopping", "stopped", "shutting-down"}};
    return {"instance-state-name", {"stopping", "stopped", "shutting-down", "terminated"}};
}

// In a filter `*` and `?` are wildcards. No EB environment's name has either, so nothing is
// escaped; the caller drops instances of other environments that a wildcard adds.
Parameters parameters_of(const std::vector<Filter>& filters) {
    Parameters parameters{{"MaxResults", std::to_string(instances_per_page)}};
    for (std::size_t i = 0; i < filters.size(); ++i) {
        parameters.emplace_back(fmt::format("Filter.{}.Name", i + 1), filters[i].name);
        for (std::size_t j = 0; j < filters[i].values.size(); ++j)
            parameters.emplace_back(fmt::format("Filter.{}.Value.{}", i + 1, j + 1),
                                    filters[i].values[j]);
    }
    return parameters;
}

// "2026-11-24T15*", or "2026-11-24*" for spans of more than two days. Source: EC2 API reference,
// DescribeInstances, filter launch-time.
std::vector<std::string> launch_times(Instant since, Instant now) {
    constexpr std::chrono::days longest_in_hours{2};
    constexpr std::size_t max_patterns = filter_values / 2; // the names need the others
    const bool in_hours = now - since <= longest_in_hours;
    const std::chrono::hours step = in_hours ? std::chrono::hours{1} : std::chrono::days{1};
    std::vector<std::string> patterns;
    for (auto at = Instant{(since.time_since_epoch() / step) * step};
         at <= now && patterns.size() < max_patterns; at += step) {
        const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(at));
        patterns.push_back(in_hours ? fmt::format("{:%Y-%m-%dT%H}*", utc)
                                    : fmt::format("{:%Y-%m-%d}*", utc));
    }
    return patterns;
}

std::string environment_of(const pugi::xml_node& instance) {
    for (const auto tag : instance.child("tagSet").children("item"))
        if (tag.child_value("key") == std::string_view(environment_tag))
            return tag.child_value("value");
    return {};
}

Ec2Instance instance_of(const pugi::xml_node& item) {
    return {.id = {item.child_value("instanceId")},
            .environment_name = environment_of(item),
            .zone = item.child("placement").child_value("availabilityZone"),
            .state = item.child("instanceState").child_value("name"),
            .launched = parse_timestamp(item.child_value("launchTime")),
            .instance_profile = name_of_arn(item.child("iamInstanceProfile").child_value("arn"))};
}

Result<void> append_instances(Client& client, const std::vector<Filter>& filters,
                              std::vector<Ec2Instance>& into) {
    return every_page(
        client, operations::describe_instances, parameters_of(filters),
        [&into](const pugi::xml_node& root) {
            for (const auto reservation : root.child("reservationSet").children("item"))
                for (const auto item : reservation.child("instancesSet").children("item"))
                    into.push_back(instance_of(item));
            return root.child_value("nextToken");
        });
}

// One call or more: `values` of the first filter are cut so that each call, with all of `others`,
// keeps EC2's limit.
Result<std::vector<Ec2Instance>> describe(Client& client, const std::string& name,
                                          const std::vector<std::string>& values,
                                          const std::vector<Filter>& others = {}) {
    std::size_t values_per_call = filter_values;
    for (const auto& other : others)
        values_per_call -= other.values.size();
    std::vector<Ec2Instance> instances;
    for (auto& some : chunk(values, values_per_call)) {
        std::vector<Filter> filters{{name, std::move(some)}};
        filters.insert(filters.end(), others.begin(), others.end());
        if (const auto read = append_instances(client, filters, instances); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

// Asked for one id, EC2 answers with that one or with an error.
Result<std::string> vpc_of(Client& client, const Operation& operation, const char* parameter,
                           const char* member, const std::string& id) {
    const auto answer = client.query(operation, {{fmt::format("{}.1", parameter), id}});
    if (!answer) return tl::unexpected(answer.error());
    const auto root = (*answer)->document_element();
    for (const auto item : root.child(operation.required_member.data()).children("item"))
        if (item.child_value(member) == id && !item.child("vpcId").empty())
            return item.child_value("vpcId");
    return tl::unexpected(malformed(operation, "the answer does not match the request"));
}

} // namespace

Result<std::string> get_vpc_of_subnet(Client& client, const std::string& id) {
    return vpc_of(client, operations::describe_subnets, "SubnetId", "subnetId", id);
}

Result<std::string> get_vpc_of_security_group(Client& client, const std::string& id) {
    return vpc_of(client, operations::describe_security_groups, "GroupId", "groupId", id);
}

Result<std::vector<Ec2Instance>>
describe_instances(Client& client, const std::vector<std::string>& environment_names,
                   Ec2States states) {
    return describe(client, fmt::format("tag:{}", environment_tag), environment_names,
                    {state_filter(states)});
}

Result<std::vector<Ec2Instance>> describe_instances(Client& client, Ec2States states) {
    const Filter filter = state_filter(states);
    return describe(client, filter.name, filter.values);
}

Result<std::vector<Ec2Instance>> describe_instances(Client& client,
                                                    const std::vector<InstanceId>& ids) {
    return describe(client, "instance-id", texts(ids));
}

Result<std::vector<Ec2Instance>>
describe_launched(Client& client, const std::vector<std::string>& environment_names, Instant since,
                  Instant now) {
    return describe(client, fmt::format("tag:{}", environment_tag), environment_names,
                    {state_filter(Ec2States::living), {"launch-time", launch_times(since, now)}});
}

} // namespace snow_white::aws
