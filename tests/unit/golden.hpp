// A golden file of tests/unit/golden: what a test sees, as it was approved. With the variable
// SNOW_WHITE_WRITE_GOLDEN it is written anew.
#pragma once

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace test {

inline void expect_golden(const std::string& name, const std::string& seen) {
    const std::string path = std::string(SNOW_WHITE_SOURCE) + "/tests/unit/golden/" + name;
    if (std::getenv("SNOW_WHITE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << seen;
    std::ostringstream wanted;
    wanted << std::ifstream(path).rdbuf();
    EXPECT_EQ(seen, wanted.str()) << path;
}

} // namespace test
