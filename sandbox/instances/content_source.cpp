#include "sandbox/instances/content_source.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace sandbox {

namespace fs = std::filesystem;

namespace {

fs::path file_below(const fs::path& folder, const fs::path& path, const std::string& complaint) {
    const fs::path root = fs::weakly_canonical(folder);
    const fs::path file = fs::weakly_canonical(root / path.relative_path());
    const bool within =
        std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
    if (!within || !fs::is_regular_file(file)) throw std::runtime_error(complaint);
    return file;
}

fs::path on_github(const fs::path& checkout, const Json& info) {
    for (const char* needed : {"owner", "repository"})
        if (info.value(needed, "").empty())
            throw std::runtime_error(std::string(needed) +
                                     " for GitHub SourceType must be specified");
    const std::string path = info.value("path", "");
    return file_below(checkout, path, "no file " + path + " in this checkout");
}

// https://BUCKET.s3.REGION.amazonaws.com/KEY, or https://s3.REGION.amazonaws.com/BUCKET/KEY
fs::path in_s3(const fs::path& objects, const Json& info) {
    static const std::regex url(
        R"(https?://(?:(.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?/(.+))");
    const std::string path = info.value("path", "");
    std::smatch parts;
    if (path.empty()) throw std::runtime_error("S3 source path in SourceInfo must be specified");
    if (!std::regex_match(path, parts, url)) throw std::runtime_error("invalid S3 path parameter");
    return file_below(objects, fs::path(parts[1].str()) / parts[2].str(),
                      "failed to download from " + path +
                          ": NoSuchKey: The specified key does not exist.");
}

} // namespace

fs::path source_file(const BootedInstance& instance, const Json& inputs) {
    const std::string type = inputs.value("sourceType", "");
    const Json& given = inputs.at("sourceInfo");
    const Json info = given.is_string() ? Json::parse(given.get<std::string>()) : given;
    if (type == "GitHub") return on_github(instance.checkout, info);
    if (type == "S3") return in_s3(instance.objects, info);
    throw std::runtime_error("this sandbox serves the source types GitHub and S3 only, not " +
                             type);
}

} // namespace sandbox
