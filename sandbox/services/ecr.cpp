// ECR: DescribeImages, of what the region has. Sources: botocore's model of ECR, and its API
// reference for the errors.
#include "sandbox/base/lookup.hpp"
#include "sandbox/services/services.hpp"

#include <algorithm>

namespace sandbox {

namespace {

bool has_repository(const RegionState& state, const std::string& name) {
    return std::ranges::any_of(
        state.images, [&](const std::string& image) { return image.starts_with(name + ":"); });
}

// The images have no digest that anybody could know.
Json describe_images(const Call& call, const RegionState& state) {
    const std::string name = call.parameters.at("repositoryName");
    const std::string registry = call.parameters.value("registryId", state.account);
    if (registry != state.account || !has_repository(state, name))
        throw aws_error("RepositoryNotFoundException",
                        "The repository with name '{}' does not exist in the registry with id '{}'",
                        name, registry);
    Json details = Json::array();
    for (const Json& id : call.parameters.value("imageIds", Json::array())) {
        const std::string tag = id.value("imageTag", "");
        if (!contains(state.images, name + ":" + tag))
            throw aws_error(
                "ImageNotFoundException",
                "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist "
                "within the repository with name '{}' in the registry with id '{}'",
                id.value("imageDigest", "null"), tag, name, registry);
        details.push_back(
            {{"registryId", registry}, {"repositoryName", name}, {"imageTags", {tag}}});
    }
    return {{"imageDetails", details}};
}

} // namespace

void add_ecr(ActionTable& actions, const RegionState& state) {
    actions.add("ecr", "DescribeImages", describe_images, state);
}

} // namespace sandbox
