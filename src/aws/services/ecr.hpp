// ECR. In: an image's name. Out: whether the image exists. For --dry-run only.
#pragma once

#include "src/aws/client.hpp"

#include <optional>

namespace snow_white::aws {

// The parts of an image's name:
// 123456789012.dkr.ecr.us-east-1.amazonaws.com/snow-white:latest
struct EcrImage {
    std::string account;
    std::string region;
    std::string repository;
    std::string tag;    // empty: the name has a digest
    std::string digest; // sha256:…
};

// None: the image is not in ECR.
std::optional<EcrImage> ecr_image(const std::string& name);

// ErrorKind::not_found: no such repository (RepositoryNotFoundException), or no such image in it
// (ImageNotFoundException).
Result<void> find_image(Client& client, const EcrImage& image);

} // namespace snow_white::aws
