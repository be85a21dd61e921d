// --json: each event of a drain is an object with what a program needs, on one line of ASCII,
// whatever an instance reports. tests/contract/test_json_lines.py compares its shape with the
// schema.
#include "src/report/json/json_reporter.hpp"
#include "src/report/names.hpp"
#include "tests/unit/fixed_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace json_reporter_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using report::OrderedJson;
using test::noon;
using testing::ElementsAre;

const report::RunInfo subject{"acme", "workers", "staging", "us-east-1", "alice"};

std::vector<OrderedJson> objects(const Event& event) {
    std::vector<OrderedJson> parsed;
    report::json_events(event, subject, [&parsed](const report::JsonEvent& one) {
        const std::string line = report::in_json(one, noon);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_TRUE(std::ranges::all_of(line, [](char byte) { return byte >= ' ' && byte < 0x7f; }))
            << line;
        parsed.push_back(OrderedJson::parse(line));
    });
    return parsed;
}

std::vector<std::string> names(const Event& event) {
    std::vector<std::string> found;
    for (const auto& object : objects(event))
        found.push_back(object.at("event"));
    return found;
}

// Uses the index, so that a new alternative of Event fails here until it is rendered and in the
// schema.
TEST(JsonReporter, EachEventHasItsName) {
    EXPECT_EQ(std::variant_size_v<Event>, 7U);
    EXPECT_THAT(names(FleetDiscovered{}), ElementsAre("matched"));
    EXPECT_THAT(names(CommandStarted{}), ElementsAre("started"));
    EXPECT_THAT(names(ProgressChanged{}), ElementsAre("advanced"));
    EXPECT_THAT(names(Notice{}), ElementsAre("noted"));
    EXPECT_THAT(names(ProgressSnapshot{}), ElementsAre("standing"));
    EXPECT_THAT(names(SidekiqView{}), ElementsAre("sidekiq"));
    EXPECT_THAT(names(Report{.instances = {{}, {}}}),
                ElementsAre("instance", "instance", "report"));
}

TEST(JsonReporter, ALineBeginsWithVersionEventAndTime) {
    EXPECT_EQ(report::in_json({"said", {{"text", "x"}}}, noon),
              R"({"v":1,"event":"said","at":"2026-11-25T12:00:00Z","text":"x"})");
}

TEST(JsonReporter, UnknownIsNull) {
    EXPECT_TRUE(objects(FleetDiscovered{.instances = std::nullopt})[0].at("instances").is_null());
    EXPECT_EQ(objects(FleetDiscovered{.instances = 0})[0].at("instances"), 0);
    EXPECT_TRUE(objects(Report{.instances = {{.id = {"i-1"}}}})[0].at("environment").is_null());
}

TEST(JsonReporter, AnInstanceHasItsOutcomeAndItsWorkers) {
    Worker worker{
        .pid = 7, .unit = "sidekiq.service", .version = "7.3.0", .busy = 2, .threads = 10};
    const auto object = objects(Report{.instances = {{.id = {"i-1"},
                                                      .environment = "acme-workers",
                                                      .outcome = Outcome::no_worker,
                                                      .note = "n",
                                                      .workers = {worker}}}})[0];
    EXPECT_EQ(object.at("outcome"), "no_worker");
    EXPECT_EQ(object.at("as_asked"), false);
    EXPECT_EQ(
        object.at("workers")[0].dump(),
        R"({"pid":7,"unit":"sidekiq.service","version":"7.3.0","busy":2,"threads":10,"state":"running","since":null,"container":null,"pid_inside":null})");
    worker.since = Instant{std::chrono::seconds{1764252000}};
    EXPECT_EQ(
        objects(Report{.instances = {{.id = {"i-1"}, .workers = {worker}}}})[0].at("workers")[0].at(
            "since"),
        "2025-11-27T14:00:00Z");
}

TEST(JsonReporter, EachOutcomeHasItsOwnName) {
    std::set<std::string> words;
    std::size_t count = 0;
    for (; !report::text_for(static_cast<Outcome>(count)).empty(); ++count)
        words.insert(objects(Report{.instances = {{.outcome = static_cast<Outcome>(count)}}})[0].at(
            "outcome"));
    EXPECT_EQ(words.size(), count);
    EXPECT_GT(count, 10U);
}

TEST(JsonReporter, TextOfAnInstanceCannotForgeALine) {
    const auto object = objects(Notice{.what = "a\n{\"v\":1}\x1b[2J\xff\u202e"})[0];
    EXPECT_EQ(object.at("event"), "noted");
    EXPECT_THAT(object.at("text").get<std::string>(), testing::StartsWith("a\n{\"v\":1}"));
}

} // namespace

} // namespace json_reporter_test
