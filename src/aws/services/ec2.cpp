#include "src/aws/services/ec2.hpp"

#include "src/aws/pagination.hpp"
#include "src/base/time_format.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t filter_values = 200; // of all filters of a call together
// EC2 allows 1,000. An instance is some five kilobytes of XML, and twice that once it is parsed.
constexpr std::size_t instances_a_page = 500;
constexpr std::string_view environment_tag = "elasticbeanstalk:environment-name";

std::vector<std::string> words_of(Ec2States states) {
    if (states == Ec2States::living)
        return {"pending", "running", "stopping", "stopped", "shutting-down"};
    return {"stopping", "stopped", "shutting-down", "terminated"};
}

struct Filter {
    std::string name;
    std::vector<std::string> values;
};

// In a filter `*` and `?` are wildcards; neither can be in an EB environment's name, so nothing
// needs escaping: what more a wildcard brings is sorted out by the names.
Parameters parameters_of(const std::vector<Filter>& filters) {
    Parameters parameters{{"MaxResults", std::to_string(instances_a_page)}};
    for (std::size_t i = 0; i < filters.size(); ++i) {
        parameters.emplace_back(fmt::format("Filter.{}.Name", i + 1), filters[i].name);
        for (std::size_t j = 0; j < filters[i].values.size(); ++j)
            parameters.emplace_back(fmt::format("Filter.{}.Value.{}", i + 1, j + 1),
                                    filters[i].values[j]);
    }
    return parameters;
}

// "2026-11-24T15*", or "2026-11-24*" where there would be many: source: the API reference's page on
// DescribeInstances, filter launch-time.
std::vector<std::string> launch_times(Instant since, Instant now) {
    constexpr std::chrono::days most_in_hours{2};
    constexpr std::size_t most = filter_values / 2; // the names need the others
    const bool in_hours = now - since <= most_in_hours;
    const std::chrono::hours step = in_hours ? std::chrono::hours{1} : std::chrono::days{1};
    std::vector<std::string> patterns;
    for (auto at = Instant{(since.time_since_epoch() / step) * step};
         at <= now && patterns.size() < most; at += step) {
        const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(at));
        patterns.push_back(in_hours ? fmt::format("{:%Y-%m-%dT%H}*", utc)
                                    : fmt::format("{:%Y-%m-%d}*", utc));
    }
    return patterns;
}

std::string environment_of(const pugi::xml_node& instance) {
    for (const auto tag : instance.child("tagSet").children("item"))
        if (tag.child_value("key") == environment_tag) return tag.child_value("value");
    return {};
}

Ec2Instance instance_of(const pugi::xml_node& item) {
    return {.id = {item.child_value("instanceId")},
            .environment_name = environment_of(item),
            .zone = item.child("placement").child_value("availabilityZone"),
            .state = item.child("instanceState").child_value("name"),
            .launched = parse_timestamp(item.child_value("launchTime")),
            .instance_profile = name_in(item.child("iamInstanceProfile").child_value("arn"))};
}

Result<void> read_pages(Client& client, const std::vector<Filter>& filters,
                        std::vector<Ec2Instance>& into) {
    return every_page(
        operations::describe_instances, [&](const std::string& token) -> Result<std::string> {
            Parameters parameters = parameters_of(filters);
            if (!token.empty()) parameters.emplace_back("NextToken", token);
            const auto answer = client.query(operations::describe_instances, parameters);
            if (!answer) return tl::unexpected(answer.error());
            const auto root = (*answer)->document_element();
            for (const auto reservation : root.child("reservationSet").children("item"))
                for (const auto item : reservation.child("instancesSet").children("item"))
                    into.push_back(instance_of(item));
            return root.child_value("nextToken");
        });
}

// The environments' names in portions, each with the other filters.
Result<std::vector<Ec2Instance>> describe(Client& client, const std::vector<std::string>& names,
                                          const std::vector<Filter>& others) {
    std::size_t names_a_call = filter_values;
    for (const auto& other : others)
        names_a_call -= other.values.size();
    std::vector<Ec2Instance> instances;
    for (std::size_t begin = 0; begin < names.size(); begin += names_a_call) {
        const auto first = names.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto count =
            static_cast<std::ptrdiff_t>(std::min(names_a_call, names.size() - begin));
        std::vector<Filter> filters{
            {fmt::format("tag:{}", environment_tag), {first, first + count}}};
        filters.insert(filters.end(), others.begin(), others.end());
        if (const auto read = read_pages(client, filters, instances); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

// Asked by one id, EC2 answers that one or an error.
Result<std::string> vpc_of(Client& client, const Operation& operation, const char* parameter,
                           const char* member, const std::string& id) {
    const auto answer = client.query(operation, {{fmt::format("{}.1", parameter), id}});
    if (!answer) return tl::unexpected(answer.error());
    const auto root = (*answer)->document_element();
    for (const auto item : root.child(operation.holds.data()).children("item"))
        if (item.child_value(member) == id && !item.child("vpcId").empty())
            return item.child_value("vpcId");
    return tl::unexpected(Error{.kind = ErrorKind::malformed,
                                .service = std::string(operation.service.name),
                                .action = std::string(operation.name),
                                .message = "the answer is not about what was asked for"});
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
    return describe(client, environment_names, {{"instance-state-name", words_of(states)}});
}

Result<std::vector<Ec2Instance>> describe_instances(Client& client, Ec2States states) {
    std::vector<Ec2Instance> instances;
    const Filter filter{"instance-state-name", words_of(states)};
    if (const auto read = read_pages(client, {filter}, instances); !read)
        return tl::unexpected(read.error());
    return instances;
}

Result<std::vector<Ec2Instance>> describe_instances(Client& client,
                                                    const std::vector<InstanceId>& ids) {
    std::vector<Ec2Instance> instances;
    for (std::size_t begin = 0; begin < ids.size(); begin += filter_values) {
        Filter filter{"instance-id", {}};
        for (std::size_t i = begin; i < std::min(ids.size(), begin + filter_values); ++i)
            filter.values.push_back(ids[i].text);
        if (const auto read = read_pages(client, {filter}, instances); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

Result<std::vector<Ec2Instance>>
describe_launched(Client& client, const std::vector<std::string>& environment_names, Instant since,
                  Instant now) {
    return describe(client, environment_names,
                    {{"instance-state-name", words_of(Ec2States::living)},
                     {"launch-time", launch_times(since, now)}});
}

} // namespace snow_white::aws
