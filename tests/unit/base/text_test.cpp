// What the checks of texts from outside share.
#include "src/base/text.hpp"

#include <gtest/gtest.h>

namespace text_test {

namespace {

using namespace snow_white;

TEST(Nearest, IsTheWordThatWasMeant) {
    const std::vector<std::string> words{"quiet", "wake", "stop", "status"};
    EXPECT_EQ(nearest("qiet", words), "quiet");
    EXPECT_EQ(nearest("stopp", words), "stop");
    EXPECT_EQ(nearest("sattus", words), "status");
    EXPECT_EQ(nearest("wake", words), "wake");
}

TEST(Nearest, TakesNoOtherShortWordForAMistake) {
    EXPECT_EQ(nearest("slep", {"stop", "quiet"}), "");
    EXPECT_EQ(nearest("stpo", {"stop", "quiet"}), "stop");
    EXPECT_EQ(nearest("-w", {"-h", "-e"}), "");
    EXPECT_EQ(nearest("-E", {"-h", "-e"}), "-e");
}

TEST(Nearest, IsAlsoTheSameInAnotherCaseAndAWordThatGoesOn) {
    EXPECT_EQ(nearest("ACME", {"shop", "acme"}), "acme");
    EXPECT_EQ(nearest("Stagng", {"production", "staging"}), "staging");
    EXPECT_EQ(nearest("prod", {"staging", "production"}), "production");
    EXPECT_EQ(nearest("pr", {"production"}), "");
}

TEST(Nearest, IsNoneThatIsFarAway) {
    EXPECT_EQ(nearest("sleep", {"quiet", "wake", "stop"}), "");
    EXPECT_EQ(nearest("", {"quiet"}), "");
    EXPECT_EQ(nearest("ab", {"cd", "xy"}), "") << "nothing of it is left";
    EXPECT_EQ(nearest(std::string(1'000'000, 'a'), {"a"}), "");
    EXPECT_EQ(suggestion("x", {"quiet"}, "write quiet"), "write quiet");
    EXPECT_EQ(suggestion("quite", {"quiet"}, "write quiet"), "did you mean quiet?");
}

} // namespace

} // namespace text_test
