// EC2: DescribeInstances, its filters and its paging. Each instance is a reservation of its own, as
// EB's autoscaling groups launch them.
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/services/tags.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sandbox {

namespace {

constexpr std::size_t most_filter_values = 200;

using Strings = std::vector<std::string>;

bool any_matches(const Strings& patterns, const std::string& value) {
    return std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return matches_wildcards(pattern, value); });
}

std::string launch_time(const Instance& instance) {
    return iso_time(instance.launched).substr(0, 19) + ".000Z";
}

class InstanceFilter {
public:
    explicit InstanceFilter(const Json& asked) {
        std::size_t values = 0;
        for (const Json& filter : asked.value("Filters", Json::array())) {
            filters_.push_back({filter.value("Name", ""), filter.value("Values", Strings{})});
            check_name(filters_.back().name);
            values += filters_.back().values.size();
        }
        if (values > most_filter_values)
            throw aws_error("FilterLimitExceeded",
                            "The maximum number of filter values specified on a single call is {}",
                            most_filter_values);
    }

    bool accepts(const Instance& instance, const Tags& tags) const {
        return std::ranges::all_of(
            filters_, [&](const Filter& filter) { return accepts(filter, instance, tags); });
    }

private:
    struct Filter {
        std::string name;
        Strings values;
    };

    static void check_name(const std::string& name) {
        static const std::set<std::string> known{"instance-id",
                                                 "instance-state-name",
                                                 "instance-state-code",
                                                 "availability-zone",
                                                 "private-ip-address",
                                                 "launch-time",
                                                 "tag-key"};
        if (name.empty()) throw AwsError("InvalidParameterValue", "The filter 'null' is invalid");
        if (!name.starts_with("tag:") && !known.contains(name))
            throw aws_error("InvalidParameterValue", "The filter '{}' is invalid", name);
    }

    static bool accepts(const Filter& filter, const Instance& instance, const Tags& tags) {
        const auto& [name, values] = filter;
        if (name == "instance-id") return any_matches(values, instance.id);
        if (name == "instance-state-name") return any_matches(values, name_of(instance.state).name);
        if (name == "instance-state-code")
            return any_matches(values, std::to_string(name_of(instance.state).code));
        if (name == "availability-zone") return any_matches(values, instance.availability_zone);
        if (name == "private-ip-address") return any_matches(values, instance.private_ip);
        if (name == "launch-time") return any_matches(values, launch_time(instance));
        return std::ranges::any_of(tags, [&](const auto& tag) {
            return filter.name == "tag-key" ? any_matches(filter.values, tag.first)
                                            : filter.name.substr(4) == tag.first &&
                                                  any_matches(filter.values, tag.second);
        });
    }

    std::vector<Filter> filters_;
};

Json describe(const Instance& instance, const Tags& tags, const RegionState& state) {
    Json tag_set = Json::array();
    for (const auto& [key, value] : tags)
        tag_set.push_back({{"key", key}, {"value", value}});
    const StateName& named = name_of(instance.state);
    Json item = {
        {"instanceId", instance.id},
        {"imageId", "ami-0abcdef1234567890"},
        {"instanceState", {{"code", named.code}, {"name", named.name}}},
        {"instanceType", "t3.small"},
        {"launchTime", launch_time(instance)},
        {"placement", {{"availabilityZone", instance.availability_zone}, {"tenancy", "default"}}},
        {"privateIpAddress", instance.private_ip},
        {"architecture", "x86_64"},
        {"tagSet", tag_set}};
    if (!instance.profile.empty())
        item["iamInstanceProfile"] = {
            {"arn", make_arn("iam", "", state.account, "instance-profile/" + instance.profile)},
            {"id", "AIPA0123456789EXAMPLE"}};
    return {{"reservationId", "r-" + instance.id.substr(2)},
            {"ownerId", state.account},
            {"groupSet", Json::array()},
            {"instancesSet", Json::array({item})}};
}

void check_ids(const Json& ids, const RegionState& state) {
    std::set<std::string> unknown;
    for (const Json& id : ids)
        unknown.insert(id.get<std::string>());
    for (const Instance& instance : state.instances)
        if (!applies(state.visibility.forgets_instance, instance)) unknown.erase(instance.id);
    if (unknown.empty()) return;
    for (const std::string& id : unknown)
        if (!id.starts_with("i-"))
            throw aws_error("InvalidInstanceID.Malformed", "Invalid id: \"{}\"", id);
    throw AwsError(
        "InvalidInstanceID.NotFound",
        unknown.size() == 1
            ? fmt::format("The instance ID '{}' does not exist", *unknown.begin())
            : fmt::format("The instance IDs '{}' do not exist", fmt::join(unknown, ", ")));
}

void check_page_size(const Json& asked) {
    if (!asked.contains("MaxResults")) return;
    const long long wanted = asked["MaxResults"];
    if (asked.contains("InstanceIds"))
        throw AwsError("InvalidParameterCombination",
                       "The parameter instancesSet cannot be used with the parameter maxResults");
    if (wanted < 5 || wanted > 1000)
        throw aws_error("InvalidParameterValue",
                        "Value ( {} ) for parameter maxResults is invalid. Expecting a value {}.",
                        wanted, wanted < 5 ? "greater than 5" : "less than or equal to 1000");
}

// A question for ids is answered from the instances themselves, any other from a list that may lag
// behind.
bool names_ids(const Json& asked) {
    const Json filters = asked.value("Filters", Json::array());
    return asked.contains("InstanceIds") || std::ranges::any_of(filters, [](const Json& filter) {
               return filter.value("Name", "") == "instance-id";
           });
}

Json describe_instances(const Call& call, const RegionState& state) {
    const Json& asked = call.parameters;
    if (asked.value("DryRun", false))
        throw AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
                       412);
    check_page_size(asked);
    const Json ids = asked.value("InstanceIds", Json::array());
    check_ids(ids, state);
    const InstanceFilter filter(asked);
    const TagReader reader(state);
    const auto tags_of = [&](const Instance& instance) {
        return applies(state.visibility.loses_tags, instance) ? Tags{} : reader.of(instance);
    };
    const bool may_omit = !names_ids(asked);
    std::vector<const Instance*> matching;
    for (const Instance& instance : state.instances)
        if ((ids.empty() || contains(ids, instance.id)) &&
            filter.accepts(instance, tags_of(instance)) &&
            !(may_omit && applies(state.visibility.omits_instance, instance, call.now)) &&
            !applies(state.visibility.forgets_instance, instance))
            matching.push_back(&instance);
    return list_page(
        asked, ec2_words(state.region, "reservationSet"), matching,
        [&](const Instance* instance) { return describe(*instance, tags_of(*instance), state); });
}

} // namespace

void add_ec2(ActionTable& actions, const RegionState& state) {
    actions.add("ec2", "DescribeInstances", describe_instances, state);
}

} // namespace sandbox
