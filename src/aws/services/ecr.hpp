// ECR: whether an image is there. For --dry-run only.
#pragma once

#include "src/aws/client.hpp"

#include <optional>

namespace snow_white::aws {

// Where an image is, read from its name:
// 123456789012.dkr.ecr.us-east-1.amazonaws.com/snow-white:latest
struct EcrImage {
    std::string account;
    std::string region;
    std::string repository;
    std::string tag;    // empty: it is named by its digest
    std::string digest; // sha256:…
};

// None: it is in another registry than ECR.
std::optional<EcrImage> ecr_image(const std::string& name);

// Failure: of kind ErrorKind::not_found where there is no such repository
// (RepositoryNotFoundException) or no such image in it (ImageNotFoundException).
Result<void> find_image(Client& client, const EcrImage& image);

} // namespace snow_white::aws
