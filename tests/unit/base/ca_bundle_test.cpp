// Which certificate bundle is used on which system.
#include "src/base/ca_bundle.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace ca_bundle_test {

namespace {

using snow_white::system_ca_bundle;

TEST(CaBundle, IsDebiansOrTheFirstThatExists) {
    const std::string root = testing::TempDir() + "ca-bundle";
    std::filesystem::remove_all(root);
    EXPECT_EQ(system_ca_bundle(root), "");
    const auto make = [&root](const std::string& path) {
        std::filesystem::create_directories(std::filesystem::path(root + path).parent_path());
        std::ofstream(root + path) << "-";
    };
    make("/etc/pki/tls/certs/ca-bundle.crt"); // Amazon Linux
    EXPECT_EQ(system_ca_bundle(root), root + "/etc/pki/tls/certs/ca-bundle.crt");
    make("/etc/ssl/certs/ca-certificates.crt");
    EXPECT_EQ(system_ca_bundle(root), root + "/etc/ssl/certs/ca-certificates.crt");
    std::filesystem::remove_all(root);
}

} // namespace

} // namespace ca_bundle_test
