// ECR: DescribeImages, of what the world has. Sources: botocore's model of ECR, and its API
// reference for the errors.
#include "sandbox/services/services.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

bool has_repository(const RegionState& state, const std::string& name) {
    return std::any_of(state.images.begin(), state.images.end(),
                       [&](const std::string& image) { return image.rfind(name + ":", 0) == 0; });
}

// The images have no digest that anybody could know.
Json describe_images(const Call& call, const RegionState& state) {
    const std::string name = call.parameters.at("repositoryName");
    const std::string registry = call.parameters.value("registryId", state.account);
    if (registry != state.account || !has_repository(state, name))
        throw AwsError(
            "RepositoryNotFoundException",
            fmt::format("The repository with name '{}' does not exist in the registry with id '{}'",
                        name, registry));
    Json details = Json::array();
    for (const Json& id : call.parameters.value("imageIds", Json::array())) {
        const std::string tag = id.value("imageTag", "");
        if (std::find(state.images.begin(), state.images.end(), name + ":" + tag) ==
            state.images.end())
            throw AwsError(
                "ImageNotFoundException",
                fmt::format(
                    "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist "
                    "within the repository with name '{}' in the registry with id '{}'",
                    id.value("imageDigest", "null"), tag, name, registry));
        details.push_back(
            {{"registryId", registry}, {"repositoryName", name}, {"imageTags", {tag}}});
    }
    return {{"imageDetails", details}};
}

} // namespace

void add_ecr(ActionTable& actions, const RegionState& state) {
    actions.add("ecr", "DescribeImages",
                [&state](const Call& call) { return describe_images(call, state); });
}

} // namespace sandbox
