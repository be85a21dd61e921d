// Text from outside through the whole report: what a terminal and Slack get of hostile names and of
// instances that lie.
#include "src/base/printable.hpp"
#include "src/drain/model/instance_line.hpp"
#include "src/report/slack/slack_notifier.hpp"
#include "src/report/text/text_reporter.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hostile_text_test {

namespace {

using namespace snow_white;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class HostileText : public testing::Test {
protected:
    static drain::Report report(const std::string& environment, const std::string& note) {
        return {.verdict = drain::Verdict::partial,
                .instances = {{.id = {"i-1"},
                               .environment = environment,
                               .outcome = drain::Outcome::failed,
                               .note = note}},
                .warnings = {environment + ": " + note}};
    }

    std::string printed(const drain::Event& event) const {
        char* text = nullptr;
        std::size_t size = 0;
        std::FILE* file = open_memstream(&text, &size);
        report::TextReporter(file, clock, subject).handle(event);
        std::fclose(file);
        const std::string lines(text, size);
        std::free(text); // NOLINT: open_memstream's
        return lines;
    }

    std::string posted(const drain::Event& event) {
        http.requests.clear();
        http.answers = {test::FakeHttp::status(200, "ok")};
        report::make_slack_notifier(http, clock,
                                    {.webhook = "https://hooks.example/s", .channel = "#ops"},
                                    {.id = [] { return ""; }}, subject)
            ->handle(event);
        return nlohmann::json::parse(http.requests.at(0).body).at("text");
    }

    FakeClock clock;
    test::FakeHttp http;
    report::RunInfo subject{"acme", "workers", "staging", "us-east-1", "alice"};
};

TEST_F(HostileText, CannotControlATerminal) {
    const std::vector<std::string> sequences{"\x1b[2J",
                                             "\x1b]0;title\x07",
                                             "\r",
                                             "\b\b\b",
                                             "\x9b"
                                             "31m",
                                             "\xc2\x9b"
                                             "31m",
                                             "\x7f",
                                             std::string(1, '\0'),
                                             "\xff\xfe",
                                             "\xe2\x80\xae",
                                             "\t\v\f"};
    for (const auto& sequence : sequences) {
        const std::string lines = printed(report("acme-" + sequence, "note " + sequence + "end"));
        EXPECT_THAT(lines, AllOf(HasSubstr("note \xef\xbf\xbd"), HasSubstr("end")));
        EXPECT_TRUE(std::ranges::none_of(lines, [](unsigned char c) {
            return c < ' ' && c != '\n';
        })) << lines;
        EXPECT_THAT(lines, Not(HasSubstr(sequence)));
    }
}

TEST_F(HostileText, CannotForgeALine) {
    const std::string forged =
        "x\n2026-11-24T00:00:00Z QUIET: all 4 workers on 3 instances are quiet";
    const auto honest = printed(report("acme-workers", "x"));
    const auto lying = printed(report("acme-workers", forged));
    EXPECT_EQ(std::ranges::count(lying, '\n'), std::ranges::count(honest, '\n'));
    const auto text = posted(report("acme-workers", "x\n*QUIET: all 4 workers*"));
    EXPECT_EQ(std::ranges::count(text, '\n'),
              std::ranges::count(posted(report("acme-workers", "x")), '\n'));
}

TEST_F(HostileText, CannotForgeAMentionOrALink) {
    const std::string markup = "<!channel> <@U0ALICE00> <http://x|y> & &lt;";
    subject = {markup, markup, markup, markup, markup};
    const drain::CommandStarted started{.spec = {.environments = {markup}}, .id = {markup}};
    for (const drain::Event& event :
         {drain::Event(report(markup, markup)), drain::Event(started)}) {
        const std::string text = posted(event);
        EXPECT_THAT(
            text,
            HasSubstr("&lt;!channel&gt; &lt;@U0ALICE00&gt; &lt;http://x|y&gt; &amp; &amp;lt;"));
        EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << text;
    }
}

TEST_F(HostileText, ValidEnvironmentNamesAreUnchanged) {
    // CreateEnvironment: 4 to 40 letters, digits and hyphens; older ones, and tags, may have more.
    for (const std::string name :
         {"acme-Workers-1", "0123", "ABCDefgh-0", "a b_c.d:e/f@g", "wörkers-ß", "日本"}) {
        EXPECT_THAT(printed(report(name, "")), HasSubstr("(" + name + ")"));
        EXPECT_THAT(posted(report(name, "")), HasSubstr("(" + name + ")"));
    }
}

TEST_F(HostileText, LongTextIsCut) {
    const auto line =
        drain::parse_instance_line(R"({"snow_white":1,"outcome":"failed","workers":[],"note":")" +
                                   std::string(20'000, 'x') + "\"}");
    ASSERT_TRUE(line);
    drain::Report many{.verdict = drain::Verdict::partial};
    for (int i = 0; i < 20; ++i)
        many.instances.push_back(
            {.id = {"i-1"}, .outcome = drain::Outcome::failed, .note = line->note});
    EXPECT_LT(posted(many).size(), 12'000U); // the blocks' limits: slack_golden_test.cpp
}

TEST(Printable, KeepsTextAndReplacesTheRest) {
    using snow_white::printable;
    const std::string mark = "\xef\xbf\xbd";
    EXPECT_EQ(printable("plain, ünïcode 日本 😴"), "plain, ünïcode 日本 😴");
    EXPECT_EQ(printable("a\nb"), "a" + mark + "b");
    EXPECT_EQ(printable("\xc0\xaf"), mark + mark);                       // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), mark + mark + mark);            // half of a surrogate pair
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), mark + mark + mark + mark); // beyond Unicode
    EXPECT_EQ(printable("cut \xe6\x97"), "cut " + mark + mark);
    EXPECT_EQ(printable(""), "");
}

} // namespace

} // namespace hostile_text_test
