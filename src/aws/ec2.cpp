#include "src/aws/ec2.hpp"

#include "src/aws/pages.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t filter_values = 200;
constexpr std::string_view environment_tag = "elasticbeanstalk:environment-name";

std::vector<std::string> words_of(Ec2States states) {
    if (states == Ec2States::living) return {"pending", "running", "stopping", "stopped", "shutting-down"};
    return {"stopping", "stopped", "shutting-down", "terminated"};
}

// In a filter `*` and `?` are wildcards; neither can be in an EB environment's name, so nothing needs
// escaping.
Parameters filter(const std::vector<std::string>& names, std::size_t begin, Ec2States states) {
    Parameters parameters{{"MaxResults", "1000"},
                          {"Filter.1.Name", fmt::format("tag:{}", environment_tag)},
                          {"Filter.2.Name", "instance-state-name"}};
    for (std::size_t i = begin; i < std::min(names.size(), begin + filter_values); ++i)
        parameters.emplace_back(fmt::format("Filter.1.Value.{}", i - begin + 1), names[i]);
    const auto words = words_of(states);
    for (std::size_t i = 0; i < words.size(); ++i)
        parameters.emplace_back(fmt::format("Filter.2.Value.{}", i + 1), words[i]);
    return parameters;
}

std::string environment_of(const pugi::xml_node& instance) {
    for (const auto tag : instance.child("tagSet").children("item"))
        if (tag.child_value("key") == environment_tag) return tag.child_value("value");
    return {};
}

} // namespace

Result<std::vector<Ec2Instance>>
describe_instances(Client& client, const std::vector<std::string>& environment_names, Ec2States states) {
    std::vector<Ec2Instance> instances;
    for (std::size_t begin = 0; begin < environment_names.size(); begin += filter_values) {
        const auto page = [&](const std::string& token) -> Result<std::string> {
            Parameters parameters = filter(environment_names, begin, states);
            if (!token.empty()) parameters.emplace_back("NextToken", token);
            const auto answer = client.query(operations::describe_instances, parameters);
            if (!answer) return tl::unexpected(answer.error());
            const auto root = (*answer)->document_element();
            for (const auto reservation : root.child("reservationSet").children("item"))
                for (const auto item : reservation.child("instancesSet").children("item"))
                    instances.push_back({{item.child_value("instanceId")},
                                         environment_of(item),
                                         item.child("placement").child_value("availabilityZone"),
                                         item.child("instanceState").child_value("name")});
            return root.child_value("nextToken");
        };
        if (const auto read = every_page(operations::describe_instances, page); !read)
            return tl::unexpected(read.error());
    }
    return instances;
}

} // namespace snow_white::aws
