// Logs as people have them: of a task, cut off, of several runs, with lines that are not ours; and
// input that is no log.
#include "src/promises/read_event.hpp"
#include "src/promises/read_log.hpp"
#include "src/promises/rules.hpp"
#include "tests/unit/check_log.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace read_log_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using promises::CheckCode;
using test::WrittenLog;
using testing::HasSubstr;

const FleetDiscovered three{.environments = {{.name = "acme-workers", .status = "Ready"}},
                            .instances = 3};
const CommandStarted sent{.spec = {.environments = {"acme-workers"}},
                          .id = {"5ab9be2e-bb97-4657-4e17-ac6c6f76fbbd"},
                          .region_label = "eu-west-1"};
const Report done{.environments = {"acme-workers"}, .may_have_sent = true, .elapsed = 10s};

std::string whole(bool json) {
    return WrittenLog(json).handle(0s, three).handle(1s, sent).handle(10s, done).text;
}

promises::LogFile read(const std::string& text) {
    std::istringstream in(text);
    return promises::read_log(in);
}

// One of them may have sent nothing.
TEST(ReadLog, TheWordsOfADrainNameItsRegions) {
    snow_white::promises::RunLog log;
    for (const auto* text : {"us-east-1: still waiting for i-1", "i-2: its agent", "eu-west-1: AWS",
                             "eu-west-1: AWS", "still 1 of 2 finished"})
        log.add({.text = text, .facts = snow_white::promises::Words{true}});
    EXPECT_EQ(log.regions(), 2U);
}

TEST(ReadLog, BothFormatsAreEquivalent) {
    for (const bool json : {true, false}) {
        const auto log = read(whole(json));
        ASSERT_EQ(log.runs.size(), 1U);
        const auto& run = log.runs[0];
        EXPECT_EQ(run.in_json, json);
        EXPECT_EQ(run.instances(), 3);
        EXPECT_EQ(run.regions(), 1U);
        ASSERT_NE(run.report(), nullptr);
        EXPECT_EQ(promises::as<promises::ReportEnd>(*run.report())->verdict, "done");
        EXPECT_EQ(run.report()->at, test::noon + 10s);
        const auto* started = promises::as<promises::Started>(run.events[1]);
        ASSERT_NE(started, nullptr);
        EXPECT_EQ(started->action, "quiet");
        EXPECT_EQ(started->region_label, "eu-west-1");
        EXPECT_FALSE(started->adopted);
    }
}

TEST(ReadLog, AnAdoptedCommandIsNoSentCommand) {
    auto adopted = sent;
    adopted.adopted = true;
    for (const bool json : {true, false}) {
        const auto log = read(WrittenLog(json).handle(0s, adopted).text);
        EXPECT_TRUE(promises::as<promises::Started>(log.runs.at(0).events.at(0))->adopted);
    }
}

// The prefix of each line is what `aws logs tail` prints, in its two formats, and what
// `get-log-events
// --output text` does.
TEST(ReadLog, ThePrefixesOfTheAwsCliAreRemoved) {
    for (const bool json : {true, false})
        for (const std::string prefix :
             {"2026-11-25T12:00:00.123000+00:00 snow-white/snow-white/0af3 ",
              "2026-11-25T12:00:00 ", "EVENTS\t1764072000123\t"}) {
            std::istringstream lines(whole(json));
            std::string prefixed;
            for (std::string line; std::getline(lines, line);)
                prefixed += prefix + line +
                            (prefix.starts_with("EVENTS") && json ? "\t1764072000999\n" : "\n");
            const auto log = read(prefixed);
            EXPECT_EQ(log.other_lines, 0U) << prefixed;
            EXPECT_EQ(log.runs.size(), 1U);
        }
}

TEST(ReadLog, AByteOrderMarkAndColoursAreRemoved) {
    for (const bool json : {true, false}) {
        std::istringstream lines(whole(json));
        std::string text = "\xef\xbb\xbf";
        for (std::string line; std::getline(lines, line);)
            text += "\x1b[32m2026-11-25T12:00:00.123+00:00\x1b[0m \x1b[1;36ma/b/1\x1b[0m " + line +
                    "\x1b[K\n";
        const auto log = read(text);
        EXPECT_EQ(log.other_lines, 0U);
        EXPECT_EQ(log.events, read(whole(json)).events);
        EXPECT_EQ(read("\xef\xbb\xbf" + whole(json)).events, read(whole(json)).events);
    }
}

TEST(ReadLog, TheDocumentOfGetLogEventsIsRead) {
    std::istringstream lines(whole(true));
    std::string document = "{\n    \"events\": [\n";
    for (std::string line; std::getline(lines, line);)
        document +=
            "        {\n            \"timestamp\": 1764072000123,\n            \"message\": " +
            report::OrderedJson(line).dump() + ",\n            \"ingestionTime\": 1\n        },\n";
    const auto log = read(document + "    ],\n    \"nextForwardToken\": \"f/1\"\n}\n");
    EXPECT_EQ(log.events, 3U);
    EXPECT_EQ(log.runs.size(), 1U);
}

// As of a group in which two tasks run at the same time.
TEST(ReadLog, EachStreamHasRunsOfItsOwn) {
    for (const bool json : {true, false}) {
        const auto merged =
            [json](const std::function<std::string(int, const std::string&)>& reported) {
                std::istringstream lines(whole(json));
                std::string text;
                for (std::string line; std::getline(lines, line);)
                    for (const int task : {1, 2})
                        text += reported(task, line) + "\n";
                return text;
            };
        std::vector<std::string> logs{
            merged([](int task, const std::string& line) {
                return fmt::format("2026-11-25T12:00:00.123000+00:00 snow-white/snow-white/{} {}",
                                   task, line);
            }),
            merged([](int task, const std::string& line) {
                return fmt::format("EVENTS\t38120\t1764072000123\tsnow-white/snow-white/{}\t{}",
                                   task, line);
            }),
            merged([](int task, const std::string& line) {
                return fmt::format(
                    "\"logStreamName\": \"snow-white/snow-white/{}\",\n\"message\": {},", task,
                    report::OrderedJson(line).dump());
            })};
        for (const auto& text : logs) {
            const auto log = read(text);
            ASSERT_EQ(log.runs.size(), 2U) << text;
            for (const auto& run : log.runs)
                EXPECT_EQ(run.events.size(), read(whole(json)).events);
            const auto checked = test::check_log(text);
            EXPECT_EQ(checked.code, CheckCode::kept) << checked.out;
        }
    }
}

TEST(ReadLog, ARunEndsWhereTheNextBegins) {
    const auto with_end = [](bool json) {
        return json ? WrittenLog().handle(0s, three).handle(10s, done).end(10s, 0, "done").text
                    : whole(false);
    };
    for (const bool json : {true, false}) {
        EXPECT_EQ(read(with_end(json) + with_end(json)).runs.size(), 2U);
        const std::string killed = WrittenLog(json).handle(0s, three).handle(1s, sent).text;
        const auto log = read(killed + whole(json));
        ASSERT_EQ(log.runs.size(), 2U);
        EXPECT_EQ(log.runs[0].report(), nullptr);
        EXPECT_NE(log.runs[1].report(), nullptr);
    }
}

TEST(ReadLog, ALineThatQuotesOneOfOursIsIgnored) {
    for (const std::string line :
         {"said: 2026-11-25T12:00:00Z QUIET: all 3 workers",
          "2026-11-25T12:00:00.123 said: 2026-11-25T12:00:00Z QUIET: all 3 workers", "{}", "[]",
          "null", R"({"v":2,"event":"noted","at":"2026-11-25T12:00:00Z","text":"x"})",
          R"({"v":1,"event":"noted","at":"yesterday","text":"x"})",
          R"({"v":1,"event":"report","at":"2026-11-25T12:00:00Z"})",
          R"({"v":1,"event":"advanced","at":"2026-11-25T12:00:00Z","completed":1e99,"targeted":2})",
          R"({"v":"1","event":"noted","at":"2026-11-25T12:00:00Z","text":"x"})",
          R"({"v":1,"event":"noted","at":"2026-11-25T12:00:00Z","text":"\ud800"})"})
        EXPECT_FALSE(promises::read_event(line)) << line;
    EXPECT_TRUE(
        promises::read_event(R"({"v":1,"event":"later","at":"2026-11-25T12:00:00Z","more":[1]})"))
        << "within version 1 events may be added";
}

// If an event were ignored, the check would blame the run for what it has not done.
TEST(CheckLog, AnEventThatCannotBeReadIsRefused) {
    const std::string begin = R"({"v":1,"event":)";
    const std::string at = R"("at":"2026-11-25T12:00:00Z")";
    for (const std::string& line :
         {begin + R"("ended",)" + at + R"(,"code":"0","name":"done"})",
          begin + R"("matched",)" + at + R"(,"environments":[],"instances":3.0})",
          begin + R"("noted",)" + at + R"(,"text":"\ud800"})",
          begin + R"("noted",)" + at + ",\"text\":\"\xff\"}",
          begin + R"("noted","at":"yesterday","text":""})", begin + R"("report",)" + at,
          R"({"v":"1","event":"noted",)" + at + R"(,"text":""})"})
        for (const std::string prefix : {"", "2026-11-25T12:00:00.123 snow-white/snow-white/1 "}) {
            const auto checked = test::check_log(whole(true) + prefix + line + "\n");
            EXPECT_EQ(checked.code, CheckCode::usage) << line;
            EXPECT_EQ(checked.out, "");
            EXPECT_EQ(checked.err, "snow-white-check: standard input:" +
                                       std::to_string(read(whole(true)).events + 1) +
                                       ": an event that cannot be read; nothing is judged\n");
        }
    EXPECT_EQ(
        test::check_log(whole(true) + R"({"v":0,"event":"error","msg":"another program's"})").code,
        CheckCode::kept);
}

TEST(ReadLog, HostileLinesDoNoHarm) {
    const std::string hostile = std::string(3 << 20, '{') + "\n" +
                                std::string("\0\xff\x1b[2J\r\n", 8) + "\xed\xa0\x80\n" +
                                std::string(200'000, '[') + "\n";
    const auto checked = test::check_log(hostile + whole(true));
    EXPECT_EQ(checked.code, CheckCode::kept) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("1 run, 3 events, 4 other lines: 0 promises broken"));
}

TEST(CheckLog, TextOfALogCannotControlATerminal) {
    const auto checked =
        test::check_log(WrittenLog().handle(0s, Notice{"a\n\x1b[2J\xe2\x80\xae"}).text);
    EXPECT_EQ(checked.code, CheckCode::broken);
    EXPECT_EQ(checked.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(std::ranges::count(checked.out, '\n'), 2) << checked.out;
}

// Replaces each text of each event in turn, in a run that breaks as many promises as one can.
TEST(CheckLog, NoTextOfAnEventCanControlATerminal) {
    const auto busy = report::OrderedJson::parse(R"([{"state":"idle","busy":3}])");
    const std::vector<report::OrderedJson> events = {
        {{"event", "started"},
         {"action", "quiet"},
         {"command", "c"},
         {"joined", false},
         {"place", "eu"}},
        {{"event", "started"},
         {"action", "stop"},
         {"command", "c"},
         {"joined", false},
         {"place", "us"}},
        {{"event", "advanced"}, {"action", "quiet"}, {"completed", 3}, {"targeted", 2}},
        {{"event", "instance"},
         {"id", "i-1"},
         {"outcome", "done"},
         {"as_asked", true},
         {"note", "n"}},
        {{"event", "instance"},
         {"id", "i-1"},
         {"outcome", "busy"},
         {"as_asked", true},
         {"note", "n"}},
        {{"event", "report"},
         {"action", "quiet"},
         {"verdict", "done"},
         {"verified", true},
         {"instances", 3}},
        {{"event", "ended"}, {"code", 1}, {"name", "partial"}}};
    const auto log_of = [&](std::size_t hostile_event, const std::string& hostile_field) {
        std::string text;
        for (std::size_t i = 0; i < events.size(); ++i) {
            report::OrderedJson event = {{"v", 1}, {"at", "2026-11-25T12:00:00Z"}};
            event.update(events[i]);
            const std::string kind = event["event"];
            if (kind == "started")
                event["environments"] = event["instances"] = report::OrderedJson::array();
            if (kind == "instance") event["workers"] = busy;
            if (kind == "report") {
                event["headline"] = "QUIET: all";
                event["places"] =
                    report::OrderedJson::parse(R"([{"place":"eu","verdict":"partial"}])");
            }
            const auto poison = [&](report::OrderedJson& object) {
                if (object.contains(hostile_field) && object[hostile_field].is_string())
                    object[hostile_field] = "\x1b[2J\nx\u202e\u009b";
            };
            if (i == hostile_event) {
                if (hostile_field != "event" && hostile_field != "at") poison(event);
                for (const auto* list : {"workers", "places"})
                    if (event.contains(list)) poison(event[list][0]);
            }
            text += event.dump() + "\n";
        }
        return text;
    };
    for (std::size_t i = 0; i < events.size(); ++i)
        for (const std::string field : {"action", "command", "place", "id", "outcome", "note",
                                        "state", "verdict", "headline", "name"}) {
            const auto checked = test::check_log(log_of(i, field));
            EXPECT_EQ(checked.code, CheckCode::broken) << checked.err;
            EXPECT_TRUE(std::ranges::none_of(checked.out,
                                             [](char one) { return one < ' ' && one != '\n'; }))
                << i << " " << field << ": " << checked.out;
            std::istringstream lines(checked.out);
            for (std::string line; std::getline(lines, line);)
                EXPECT_THAT(line, testing::StartsWith("standard input:")) << i << " " << field;
        }
}

TEST(CheckLog, OtherInputIsRefusedWithTheFix) {
    for (const std::string text :
         {"", "hello\n",
          R"({"v":1,"event":"ended","at":"2026-11-25T12:00:00Z","code":2,"name":"usage"})"}) {
        const auto checked = test::check_log(text);
        EXPECT_EQ(checked.code, CheckCode::usage);
        EXPECT_EQ(checked.out, "");
        EXPECT_THAT(
            checked.err,
            testing::StartsWith(
                "snow-white-check: standard input: no run of a quiet, a wake or a stop in its "));
        EXPECT_THAT(checked.err,
                    testing::EndsWith("; give it what --json prints, or the log of a task\n"));
    }
    EXPECT_EQ(test::check_log("", {"/nonexistent"}).err,
              "snow-white-check: /nonexistent: No such file or directory; name a file that can be "
              "read, or -\n");
    EXPECT_EQ(test::check_log("", {"/"}).err,
              "snow-white-check: /: it cannot be read; name a file, or -\n");
    EXPECT_EQ(test::check_log("", {}).code, CheckCode::usage);
    EXPECT_THAT(test::check_log("", {"--jsonn"}).err, HasSubstr("--jsonn"));
    EXPECT_EQ(
        test::check_log(
            WrittenLog().write(0s, {"launching", {{"action", "quiet"}}}).end(1s, 0, "done").text)
            .err,
        "snow-white-check: standard input: only a launch: check the task's log\n");
    EXPECT_THAT(test::check_log(whole(false)).out,
                HasSubstr("judged: (b) (d) (x4); not judged: (f) (x5) (x7) (x10)\n"));
}

TEST(CheckLog, AFailedWriteIsAnError) {
    for (const int logs : {1, 1000}) {
        std::FILE* full = std::fopen("/dev/full", "w");
        ASSERT_NE(full, nullptr);
        std::string text;
        for (int i = 0; i < logs; ++i)
            text += WrittenLog().handle(0s, three).text;
        std::istringstream in(logs == 1 ? whole(true) : text);
        EXPECT_EQ(promises::check({"-"}, in, full, full), CheckCode::usage);
        std::fclose(full);
    }
}

TEST(CheckLog, BadInputIsNotHiddenByALogThatIsFine) {
    const auto checked = test::check_log(whole(true), {"/nonexistent", "-"});
    EXPECT_EQ(checked.code, CheckCode::usage);
    EXPECT_THAT(checked.out, HasSubstr("0 promises broken"));
}

// docs/design.md says of each promise whether a log shows it; so does --help.
TEST(CheckLog, EachPromiseOfTheDesignIsInTheTable) {
    std::ifstream file(SNOW_WHITE_SOURCE "/docs/design.md");
    std::stringstream design;
    design << file.rdbuf();
    const std::string help = test::check_log("", {"--help"}).out;
    for (const auto& one : promises::visible_promises()) {
        const std::string row =
            fmt::format("| ({}) | {} | {} |", one.promise, one.shown ? "yes" : "no", one.why);
        EXPECT_NE(design.str().find(row), std::string::npos) << row;
        EXPECT_NE(design.str().find(fmt::format("\n- ({}) ", one.promise)), std::string::npos)
            << one.promise;
        EXPECT_THAT(help, HasSubstr(std::string(one.why)));
    }
}

} // namespace

} // namespace read_log_test
