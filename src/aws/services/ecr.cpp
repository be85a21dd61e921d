#include "src/aws/services/ecr.hpp"

#include "src/base/json.hpp"

#include <regex>

namespace snow_white::aws {

std::optional<EcrImage> ecr_image(const std::string& name) {
    static const std::regex form(
        R"((\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z0-9.-]+/([a-z0-9._/-]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?)");
    std::smatch parts;
    if (!std::regex_match(name, parts, form)) return std::nullopt;
    EcrImage image{.account = parts[1],
                   .region = parts[2],
                   .repository = parts[3],
                   .tag = parts[4],
                   .digest = parts[5]};
    if (!image.digest.empty())
        image.tag.clear();
    else if (image.tag.empty())
        image.tag = "latest";
    return image;
}

Result<void> find_image(Client& client, const EcrImage& image) {
    const Json id =
        image.digest.empty() ? Json{{"imageTag", image.tag}} : Json{{"imageDigest", image.digest}};
    const Json parameters{{"registryId", image.account},
                          {"repositoryName", image.repository},
                          {"imageIds", Json::array({id})}};
    return client.json(operations::describe_images, parameters,
                       [](const Json&) -> Result<void> { return {}; });
}

} // namespace snow_white::aws
