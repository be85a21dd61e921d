// A folder with the files that a test of configuration needs, removed at the end of the test.
#pragma once

#include "src/base/environment.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace test {

class TemporaryFiles {
public:
    TemporaryFiles() {
        std::string pattern = std::filesystem::temp_directory_path() / "snow-white-test-XXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = pattern;
    }
    TemporaryFiles(const TemporaryFiles&) = delete;
    TemporaryFiles& operator=(const TemporaryFiles&) = delete;
    ~TemporaryFiles() { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }

    // An environment that names these two files; without instance metadata, unless `more` says so.
    snow_white::Environment environment(const std::string& config, const std::string& credentials,
                                        std::map<std::string, std::string> more = {}) const {
        more["AWS_CONFIG_FILE"] = write("config", config);
        more["AWS_SHARED_CREDENTIALS_FILE"] = write("credentials", credentials);
        more["HOME"] = folder_;
        more.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
        return snow_white::Environment(std::move(more));
    }

private:
    std::filesystem::path folder_;
};

} // namespace test
