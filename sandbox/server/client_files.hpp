// What a client of the sandbox needs on disk: AWS's config and credentials files, in a private
// directory that goes with this object. Profile default is the administrator; staging and
// production are alice; bob is bob; deploy is the role Deploy, assumed from staging.
#pragma once

#include "sandbox/server/sandbox.hpp"

#include <filesystem>

namespace sandbox {

class PrivateDirectory {
public:
    PrivateDirectory(); // mode 0700. Failure: std::runtime_error
    ~PrivateDirectory();
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void write_client_files(const std::filesystem::path& directory, const Sandbox& sandbox,
                        const std::string& region);

} // namespace sandbox
