// The sandbox's Slack refuses what Slack refuses. How the page shows its messages:
// tests/contract/test_page.py.
#include "sandbox/slack/block_limits.hpp"
#include "sandbox/slack/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slack_test {

namespace {

using sandbox::fault_of_blocks;
using Json = nlohmann::json;
using testing::HasSubstr;

std::string x(std::size_t count) {
    return std::string(count, 'x');
}
Json text(const std::string& words, const std::string& type = "mrkdwn") {
    return {{"type", type}, {"text", words}};
}
Json section(const Json& words) {
    return {{"type", "section"}, {"text", words}};
}
Json header(const Json& words) {
    return {{"type", "header"}, {"text", words}};
}
Json list_of(std::size_t count, const Json& item) {
    return std::vector<Json>(count, item);
}
std::string fault(const Json& block) {
    return fault_of_blocks(Json::array({block}));
}

TEST(SlackBlocks, UpToTheirLimitsAreAccepted) {
    EXPECT_EQ(fault(section(text(x(3'000)))), "");
    EXPECT_EQ(fault(header(text(x(150), "plain_text"))), "");
    EXPECT_EQ(fault({{"type", "section"}, {"fields", list_of(10, text("x"))}}), "");
    EXPECT_EQ(fault({{"type", "section"}, {"fields", list_of(1, text(x(2'000)))}}), "");
    EXPECT_EQ(fault({{"type", "context"}, {"elements", list_of(10, text("x"))}}), "");
    EXPECT_EQ(fault({{"type", "divider"}}), "");
    EXPECT_EQ(fault_of_blocks(list_of(50, section(text("x")))), "");
    EXPECT_EQ(fault_of_blocks(list_of(4, section(text(x(3'000))))), "");
}

TEST(SlackBlocks, OverTheirLimitsAreRefused) {
    for (const Json& block :
         {section(text(x(3'001))), section(text("")), header(text(x(151), "plain_text")),
          header(text("x")), Json{{"type", "section"}},
          Json{{"type", "section"}, {"fields", list_of(11, text("x"))}},
          Json{{"type", "section"}, {"fields", Json::array()}},
          Json{{"type", "section"}, {"fields", list_of(1, text(x(2'001)))}},
          Json{{"type", "context"}, {"elements", list_of(11, text("x"))}},
          Json{{"type", "context"}}, Json{{"type", "table"}}, Json{{"text", text("x")}}, Json("x"),
          section(text("x", "markdown")),
          section({{"type", "mrkdwn"}, {"text", "x"}, {"emoji", true}}),
          section({{"type", "plain_text"}, {"text", "x"}, {"verbatim", true}}),
          Json{{"type", "section"}, {"text", text("x")}, {"colour", "red"}},
          Json{{"type", "divider"}, {"block_id", x(256)}}})
        EXPECT_EQ(fault(block), "invalid_blocks") << block;
    EXPECT_EQ(fault_of_blocks(list_of(51, section(text("x")))), "invalid_blocks");
    EXPECT_EQ(fault_of_blocks(Json::object()), "invalid_blocks");
    EXPECT_EQ(fault_of_blocks(list_of(5, section(text(x(3'000))))), "msg_blocks_too_long");
}

TEST(SlackBlocks, ACharacterBeyondTheFirstPlaneCountsAsTwo) {
    std::string sleepers;
    for (int i = 0; i < 76; ++i)
        sleepers += "😴";
    EXPECT_EQ(fault(header(text(sleepers, "plain_text"))), "invalid_blocks");
}

TEST(SlackManifest, ScopesThatBelongTogetherAreAskedForTogether) {
    EXPECT_EQ(sandbox::fault_of_scopes({"chat:write", "users:read", "users:read.email"}), "");
    EXPECT_EQ(sandbox::fault_of_scopes({"chat:write", "users:read"}), "");
    EXPECT_THAT(sandbox::fault_of_scopes({"chat:write", "users:read.email"}),
                HasSubstr("at the same time as users:read"));
    EXPECT_EQ(sandbox::faults_of_manifest("no manifest").size(), 1U);
}

} // namespace

} // namespace slack_test
