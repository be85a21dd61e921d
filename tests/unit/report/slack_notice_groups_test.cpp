// The notices of a step as lines of one reply: what belongs together, and what does not.
#include "src/report/slack/notice_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slack_notice_groups_test {

namespace {

using snow_white::report::NoticeGroups;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(const std::vector<std::string>& notices) {
    NoticeGroups groups;
    for (const auto& notice : notices)
        groups.add(notice);
    auto lines = groups.take();
    EXPECT_TRUE(groups.empty());
    EXPECT_THAT(groups.take(), IsEmpty());
    return lines;
}

TEST(SlackNoticeGroups, OneNoticeStaysAsItIs) {
    for (const std::string one :
         {"i-1 (acme-workers): its SSM agent has lost the connection",
          "eu-west-1: i-1 (environment unknown): its SSM agent answers again",
          "AWS answers again, after 31 s", "SSM no longer knows command c-1", "x): ", ""})
        EXPECT_THAT(lines_of({one}), ElementsAre(one));
}

TEST(SlackNoticeGroups, TheSameOfSeveralInstancesIsOneLine) {
    EXPECT_THAT(lines_of({"i-2 (acme-workers): its SSM agent answers again",
                          "i-1 (acme-mail): its SSM agent answers again"}),
                ElementsAre("2 SSM agents answer again: i-1 (acme-mail), i-2 (acme-workers)"));
    EXPECT_THAT(lines_of({"i-1 (a): stopped or being terminated in EC2",
                          "i-2 (a): stopped or being terminated in EC2",
                          "i-3 (a): stopped or being terminated in EC2"}),
                ElementsAre("3 instances are stopped or being terminated in EC2: i-1 (a), "
                            "i-2 (a), i-3 (a)"));
    EXPECT_THAT(lines_of({"i-1 (a): a new word", "i-2 (a): a new word", "i-3 (a): a new word",
                          "i-4 (a): a new word"}),
                ElementsAre("4 instances: a new word: i-1 (a), i-2 (a), and 2 more"));
}

TEST(SlackNoticeGroups, RegionsAndSentencesAreKeptApart) {
    EXPECT_THAT(lines_of({"eu-west-1: i-1 (a): its SSM agent has lost the connection",
                          "us-east-1: i-2 (a): its SSM agent has lost the connection",
                          "eu-west-1: i-3 (a): its SSM agent answers again",
                          "eu-west-1: i-4 (a): its SSM agent has lost the connection"}),
                ElementsAre("eu-west-1: 2 SSM agents have lost the connection: i-1 (a), i-4 (a)",
                            "us-east-1: i-2 (a): its SSM agent has lost the connection",
                            "eu-west-1: i-3 (a): its SSM agent answers again"));
}

TEST(SlackNoticeGroups, WhatIsSaidTwiceIsOneLine) {
    EXPECT_THAT(lines_of({"a word", "i-1 (a): a word", "a word", "i-1 (a): a word"}),
                ElementsAre("a word", "i-1 (a): a word"));
}

TEST(SlackNoticeGroups, ASentenceThatNamesInstancesIsNoLabel) {
    const std::string left = "2 instances left EC2 without an answer: i-1 (a), i-2 (a): x";
    EXPECT_THAT(lines_of({left, "odd i-1 (a): x", "i-2 and more (a): x"}),
                ElementsAre(left, "odd i-1 (a): x", "i-2 and more (a): x"));
}

} // namespace

} // namespace slack_notice_groups_test
