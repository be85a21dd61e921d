// Every message to Slack, for one instance and for two thousand: exactly as in tests/unit/golden,
// accepted by the sandbox's Slack, within its limits, and with nothing forged. `make golden` writes
// the files anew: look at what git diff shows of them before you commit.
#include "sandbox/slack/inbox.hpp"
#include "src/drain/model/pods.hpp"
#include "src/report/slack/notice_groups.hpp"
#include "src/report/slack/start_message.hpp"
#include "tests/unit/golden.hpp"

#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace slack_golden_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
// Another file of the unity batch may use namespace testing, which has an Action, too.
using drain::Action;
using report::Message;
using testing::HasSubstr;

const Instant evening = Instant{std::chrono::seconds{1'764'104'400}}; // 2025-11-25 21:00 UTC

// The links are as cli::origin_of_task() makes them.
const report::RunInfo alice{
    .application = "acme",
    .pattern = "workers",
    .profile = "staging",
    .region = "us-east-1",
    .invoker = "alice",
    .reason = "migration 20251125",
    .deadline = evening,
    .task_url = "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/snow-white/tasks/"
                "0af31e0f4b5c4d0f9d3a5e6f7a8b9c0d?region=us-east-1",
    .log_url = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
               "#logsV2:log-groups/log-group/$252Fecs$252Fsnow-white/log-events/"
               "snow-white$252Fsnow-white$252F0af31e0f4b5c4d0f9d3a5e6f7a8b9c0d"};

report::RunInfo here(report::RunInfo run_info) {
    run_info.task_url = run_info.log_url = "";
    return run_info;
}

InstanceResult instance(int number, const std::string& environment, Outcome outcome,
                        const std::string& note = "", int busy = 0) {
    return {.id = {fmt::format("i-{:017x}", 0x0a1b2c3d4e5f00000LL + number)},
            .environment = environment,
            .outcome = outcome,
            .note = note,
            .workers = {{.unit = "sidekiq.service", .busy = busy}}};
}

Report one(Action action, Verdict verdict, Outcome outcome, const std::string& note = "",
           int busy = 0) {
    return {.action = action,
            .verdict = verdict,
            .environments = {"acme-workers"},
            .instances = {instance(1, "acme-workers", outcome, note, busy)},
            .may_have_sent = true,
            .elapsed = std::chrono::seconds{43}};
}

// 2,000 instances in forty environments; every third of them is as asked.
Report two_thousand(Verdict verdict) {
    Report report{.verdict = verdict, .may_have_sent = true, .elapsed = std::chrono::hours{5}};
    constexpr std::array outcomes{Outcome::pending, Outcome::busy, Outcome::unreachable,
                                  Outcome::failed,  Outcome::gone, Outcome::unknown};
    for (int i = 0; i < 40; ++i)
        report.environments.push_back(fmt::format("acme-workers-of-the-longest-name-{:04}", i));
    for (int i = 0; i < 2'000; ++i) {
        const auto& environment = report.environments[static_cast<std::size_t>(i % 40)];
        const bool well = verdict == Verdict::done || i % 3 == 0;
        const Outcome outcome =
            well ? Outcome::done : outcomes[static_cast<std::size_t>(i) / 3 % outcomes.size()];
        report.instances.push_back(well ? instance(i, environment, outcome)
                                        : instance(i, environment, outcome,
                                                   std::string(300, 'x') + std::to_string(i),
                                                   i % 5));
    }
    if (verdict == Verdict::done) return report;
    for (int i = 0; i < 30; ++i) {
        report.warnings.push_back(
            fmt::format("environment {} is Updating: its instances may change under the command",
                        report.environments[static_cast<std::size_t>(i)]));
        report.unverified.push_back(
            fmt::format("what each worker does now ({})", std::string(400, 'y')));
    }
    return report;
}

// A well fleet of 400 instances in ten environments.
Report four_hundred() {
    Report report{.may_have_sent = true, .elapsed = std::chrono::minutes{12}};
    for (int i = 0; i < 10; ++i)
        report.environments.push_back(fmt::format("acme-workers-billing-{}", i));
    for (int i = 0; i < 400; ++i)
        report.instances.push_back(
            instance(i, report.environments[static_cast<std::size_t>(i % 10)], Outcome::done));
    return report;
}

// Of 42 instances, 20 have lost their agent, SSM refused 12, and three failed.
Report lost_and_refused() {
    Report report = one(Action::quiet, Verdict::partial, Outcome::done);
    report.environments.emplace_back("acme-mail");
    for (int i = 2; i <= 42; ++i) {
        const std::string environment = i % 3 == 0 ? "acme-mail" : "acme-workers";
        const auto one_more =
            i <= 21   ? instance(i, environment, Outcome::unreachable,
                                 "its SSM agent has lost the connection")
            : i <= 33 ? instance(i, environment, Outcome::refused, "InvalidPlatform")
            : i <= 35 ? instance(i, environment, Outcome::failed, "no space left on device")
            : i == 36 ? instance(i, environment, Outcome::failed, "the script's hash is wrong")
                      : instance(i, environment, Outcome::done);
        report.instances.push_back(one_more);
    }
    return report;
}

// The most hostile text that an instance, a tag, a name and AWS can return.
const std::string lie = "*QUIET* `x` ```\n✅ QUIET: all\n``` <!channel> <@U0ALICE00> <http://x|y> "
                        ":tada: _i_ ~s~ & \x1b[2J";

const report::RunInfo hostile_info{lie, lie, lie, lie, lie, lie, evening};

Report hostile_report(int count) {
    Report report{.verdict = Verdict::partial, .environments = {lie}, .may_have_sent = true};
    for (int i = 0; i < count; ++i)
        report.instances.push_back({.id = {lie},
                                    .environment = lie + std::to_string(i % 9),
                                    .outcome = Outcome::failed,
                                    .note = lie});
    report.warnings = std::vector<std::string>(40, lie + std::string(500, '&'));
    report.why = lie;
    return report;
}

Report interrupted() {
    Report report = one(Action::quiet, Verdict::interrupted, Outcome::pending);
    report.last_counts = Report::Counts{.completed = 14, .targeted = 40};
    return report;
}

Report with_why(Verdict verdict, bool begun, const std::string& why) {
    return {.verdict = verdict,
            .why = why,
            .may_have_sent = begun,
            .elapsed = std::chrono::seconds{61}};
}

CommandStarted started(bool adopted) {
    return {.spec = {.environments = {"acme-workers", "acme-workers-older"}},
            .id = {"c-1"},
            .adopted = adopted};
}

FleetDiscovered matched(int environments, std::size_t instances) {
    FleetDiscovered discovered{.instances = instances};
    for (int i = 0; i < environments; ++i)
        discovered.environments.push_back({fmt::format("acme-workers-{}", i), "Ready"});
    return discovered;
}

report::RunInfo with(report::RunInfo run_info, Action action) {
    run_info.action = action;
    return run_info;
}

struct Case {
    std::string name;
    Message message;
};

std::vector<Case> start_cases() {
    CommandStarted many{.id = {"c-1"}};
    for (const auto& environment : matched(50, 0).environments)
        many.spec.environments.push_back(environment.name);
    report::RunInfo nobody = alice;
    nobody.invoker = nobody.reason = "";
    nobody.action = Action::wake;
    const CommandStarted few{.spec = {.instances = {{"i-1"}, {"i-2"}}}, .id = {"c-1"}};
    return {{"start_quiet", report::start_message(started(false), matched(2, 3), alice)},
            {"start_wake", report::start_message(started(false), matched(2, 3), nobody)},
            {"start_stop",
             report::start_message(started(false), matched(2, 3), with(alice, Action::stop))},
            {"start_joined", report::start_message(started(true), matched(2, 3), alice)},
            {"start_instances", report::start_message(few, {}, alice)},
            {"start_2000", report::start_message(many, matched(50, 2'000), alice)},
            {"start_2000_here", report::start_message(many, matched(50, 2'000), here(alice))},
            {"start_lies",
             report::start_message({.spec = {.environments = std::vector<std::string>(50, lie)}},
                                   {}, hostile_info)}};
}

std::vector<Case> end_cases() {
    const auto end = [](const std::string& name, const Report& report) {
        return Case{name, report::end_message(report, with(alice, report.action))};
    };
    Report mixed =
        one(Action::quiet, Verdict::partial, Outcome::busy, "a worker has not ended its job", 3);
    mixed.environments.emplace_back("acme-workers-older");
    mixed.instances.push_back(instance(2, "acme-workers-older", Outcome::done));
    mixed.instances.push_back(instance(3, "acme-workers-older", Outcome::unreachable));
    mixed.instances.push_back(instance(4, "acme-workers-older", Outcome::gone));
    mixed.warnings = {
        "environment acme-workers is Updating: its instances may change under the command"};
    Report left = one(Action::quiet, Verdict::done, Outcome::done);
    left.instances.push_back(instance(2, "acme-workers", Outcome::gone,
                                      "terminated; it was last seen with 3 running jobs", 3));
    left.instances.back().left = Leaving{.jobs = 3};
    left.instances.push_back(
        instance(3, "acme-workers", Outcome::gone, "terminated; it had not answered yet"));
    left.instances.back().left = Leaving{};
    Report on_pods = one(Action::quiet, Verdict::partial, Outcome::done);
    on_pods.environments.emplace_back("acme-workers-eks");
    on_pods.on_pods = {"acme-workers-eks"};
    on_pods.unverified = {pods_out_of_reach("acme-workers-eks") + "; " +
                          std::string(advice_for_pods(Action::quiet))};
    return {
        end("end_quiet", one(Action::quiet, Verdict::done, Outcome::done)),
        end("end_quiet_left", left),
        end("end_partial_pods", on_pods),
        end("end_wake", one(Action::wake, Verdict::done, Outcome::done)),
        end("end_stop", one(Action::stop, Verdict::done, Outcome::done)),
        end("end_not_verified", one(Action::quiet, Verdict::done, Outcome::completed)),
        end("end_partial", mixed),
        end("end_wake_partial", one(Action::wake, Verdict::partial, Outcome::asleep)),
        end("end_timed_out", one(Action::quiet, Verdict::timed_out, Outcome::pending, "", 2)),
        end("end_cancelled", one(Action::quiet, Verdict::cancelled, Outcome::cancelled)),
        end("end_interrupted", interrupted()),
        end("end_nothing_matched", with_why(Verdict::nothing_matched, false, "")),
        end("end_denied", with_why(Verdict::denied, false,
                                   "ssm:SendCommand: AccessDeniedException: not authorized")),
        end("end_refused", with_why(Verdict::refused, false,
                                    "ssm:SendCommand: InvalidDocument: no such document")),
        end("end_unavailable",
            with_why(Verdict::unavailable, false, "ec2:DescribeInstances: no answer in 10 s")),
        end("end_quiet_2000", two_thousand(Verdict::done)),
        end("end_partial_2000", two_thousand(Verdict::partial)),
        {"end_partial_2000_here", report::end_message(two_thousand(Verdict::partial), here(alice))},
        end("end_quiet_400", four_hundred()),
        end("end_lost_and_refused", lost_and_refused()),
        end("end_timed_out_2000", two_thousand(Verdict::timed_out)),
        {"end_lies", report::end_message(hostile_report(2'000), hostile_info)}};
}

// With a bot's token: the message that is edited, and its thread.
std::vector<Case> progress_cases() {
    report::RunProgress run{.matched = matched(2, 40), .started = started(false)};
    const auto progress = [&run](const report::RunInfo& subject = alice) {
        return report::progress_message(run, subject, evening);
    };
    std::vector<Case> all{{"progress_start", progress()}};
    run.advanced = ProgressChanged{Purpose::act, 12, 40};
    all.push_back({"progress_some", progress()});
    all.push_back(
        {"progress_ended",
         report::ended_message(one(Action::quiet, Verdict::done, Outcome::done), run, alice)});
    run.advanced->completed = 40;
    run.checking = true;
    all.push_back({"progress_asking", progress()});
    run.started.spec.environments = std::vector<std::string>(50, lie);
    run.advanced = ProgressChanged{Purpose::act, 700, 2'000};
    all.push_back({"progress_lies", progress(hostile_info)});
    all.push_back(
        {"progress_ended_lies", report::ended_message(hostile_report(2'000), run, hostile_info)});
    report::NoticeGroups notices;
    notices.add("i-2 (acme-workers): stopped or being terminated in EC2");
    for (int i = 1; i <= 20; ++i)
        notices.add(instance(i, "", Outcome::done).id.text +
                    " (acme-workers): its SSM agent has lost the connection");
    all.push_back({"details", report::details_message(notices.take(), alice)});
    all.push_back(
        {"details_lies", report::details_message(std::vector<std::string>(400, lie), alice)});
    all.push_back({"details_here",
                   report::details_message(std::vector<std::string>(12, "a word"), here(alice))});
    return all;
}

std::vector<Case> make_cases() {
    std::vector<Case> all = start_cases();
    for (auto& each : end_cases())
        all.push_back(std::move(each));
    for (auto& each : progress_cases())
        all.push_back(std::move(each));
    all.push_back(
        {"note_outage",
         report::note_message("AWS has not answered for 610 s now (no answer in 10 s); still "
                              "watching, the quiet continues",
                              alice)});
    all.push_back(
        {"note_stragglers",
         report::note_message("after 60 min 1 of 2 have not finished: i-2 (acme-workers); "
                              "still waiting, the deadline comes in 47 h",
                              alice)});
    all.push_back(
        {"note_left",
         report::note_message(
             "1 instance left EC2 with 3 running jobs, which may be lost: i-2 (acme-workers) "
             "with 3 running jobs 4 min before",
             alice)});
    all.push_back(
        {"note_deadline",
         report::note_message(
             "the deadline comes in 30 min, and 1 of 2 have not finished: i-2 (acme-workers); "
             "then the run ends, and the quiet continues",
             alice)});
    return all;
}

const std::vector<Case>& cases() {
    static const std::vector<Case> all = make_cases();
    return all;
}

std::string golden_path(const std::string& name) {
    return fmt::format("{}/tests/unit/golden/slack_{}.json", SNOW_WHITE_SOURCE, name);
}

class SlackGolden : public testing::TestWithParam<std::size_t> {
protected:
    const Case each = cases().at(GetParam());
};

TEST_P(SlackGolden, IsAsWritten) {
    const std::string seen =
        nlohmann::ordered_json{{"text", each.message.text}, {"blocks", each.message.blocks}}.dump(
            2) +
        "\n";
    test::expect_golden("slack_" + each.name + ".json", seen);
}

TEST_P(SlackGolden, SlackAcceptsIt) {
    sandbox::SlackInbox slack;
    sandbox::HttpRequest request;
    request.method = "POST";
    request.path = sandbox::webhook_path;
    request.body =
        report::Json{{"text", each.message.text}, {"blocks", each.message.blocks}}.dump();
    const auto answer = slack.post(request, evening);
    EXPECT_EQ(std::pair(answer.status, answer.body), std::pair(200, std::string("ok")));
    EXPECT_LT(each.message.text.size(), 12'000U);
}

// What mrkdwn is left when our own is removed: none from outside, except inside code.
TEST_P(SlackGolden, NothingIsForged) {
    const auto expect_escaped = [](std::string text) {
        for (std::size_t at = text.find("<!date^"); at != std::string::npos;
             at = text.find("<!date^"))
            text.erase(at, text.find('>', at) - at + 1);
        for (const auto& link : {"<" + alice.log_url + "|log>", "<" + alice.task_url + "|task>"})
            for (std::size_t at = text.find(link); at != std::string::npos; at = text.find(link))
                text.erase(at, link.size());
        EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << text;
    };
    expect_escaped(each.message.text);
    for (const auto& block : each.message.blocks) {
        std::vector<report::Json> texts;
        if (block.contains("text")) texts.push_back(block["text"]);
        for (const char* const list : {"fields", "elements"})
            for (const auto& text : block.value(list, report::Json::array()))
                texts.push_back(text);
        for (const auto& text : texts) {
            const std::string words = text["text"];
            expect_escaped(words);
            if (text["type"] == "plain_text") continue;
            std::string outside_code;
            bool code = false;
            for (const char byte : words) {
                if (byte == '`') code = !code;
                if (!code) outside_code += byte;
            }
            EXPECT_FALSE(code) << words;
            EXPECT_EQ(outside_code.find("QUIET"), std::string::npos) << words;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Messages, SlackGolden, testing::Range<std::size_t>(0, cases().size()),
                         [](const auto& test) { return cases().at(test.param).name; });

TEST(SlackNext, TheNextCommandIsShownExactly) {
    for (const std::string pattern : {"workers", "a`; reboot; `b", "it's `x`"}) {
        report::RunInfo subject = alice;
        subject.pattern = pattern;
        const auto message =
            report::end_message(one(Action::quiet, Verdict::done, Outcome::done), subject);
        std::string reported;
        for (const auto& block : message.blocks)
            if (block.contains("text")) reported += block["text"]["text"].get<std::string>() + "\n";
        EXPECT_THAT(reported, HasSubstr(report::command_line(Action::wake, subject)));
    }
}

// The lines of a text where a phone shows so many characters in each.
std::size_t lines_on_a_phone(const std::string& text) {
    constexpr std::size_t width = 40;
    std::istringstream in(text);
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line);) {
        const auto characters = static_cast<std::size_t>(std::ranges::count_if(
            line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80; }));
        lines += std::max<std::size_t>(1, (characters + width - 1) / width);
    }
    return lines;
}

// As a reader sees it: a link is its words, a time is its text, a code block has no fence.
std::string shown(std::string text) {
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<')) {
        const auto end = text.find('>', at);
        const auto words = text.rfind('|', end);
        text.replace(at, end - at + 1, text.substr(words + 1, end - words - 1));
    }
    for (std::size_t at = text.find("```"); at != std::string::npos; at = text.find("```"))
        text.erase(at, at + 3 < text.size() && text[at + 3] == '\n' ? 4 : 3);
    return text;
}

std::size_t lines_on_a_phone(const report::Json& blocks) {
    std::size_t lines = 0;
    for (const auto& block : blocks) {
        if (block.contains("text")) lines += lines_on_a_phone(shown(block["text"]["text"]));
        for (const char* const list : {"fields", "elements"})
            for (const auto& text : block.value(list, report::Json::array()))
                lines += lines_on_a_phone(shown(text["text"]));
    }
    return lines;
}

// 400 instances in ten environments.
TEST(SlackOnAPhone, AMessageAboutAWellFleetIsNoLongerThanTheScreen) {
    FleetDiscovered fleet{.instances = 400};
    CommandStarted sent{.id = {"c-1"}};
    for (const auto& name : four_hundred().environments) {
        fleet.environments.push_back({name, "Ready"});
        sent.spec.environments.push_back(name);
    }
    const report::RunProgress run{
        .matched = fleet, .started = sent, .advanced = ProgressChanged{Purpose::act, 130, 400}};
    for (const auto& [name, message] :
         {Case{"start", report::start_message(sent, fleet, alice)},
          Case{"progress", report::progress_message(run, alice, evening)},
          Case{"ended", report::ended_message(four_hundred(), run, alice)},
          Case{"end", report::end_message(four_hundred(), alice)}}) {
        EXPECT_LE(lines_on_a_phone(message.blocks), 30U) << name << message.blocks.dump(1);
        EXPECT_LE(lines_on_a_phone(message.text), 30U) << name << message.text;
    }
}

// A golden file that no message is compared with proves nothing.
TEST(SlackGoldenFiles, AreThoseOfTheMessages) {
    std::set<std::string> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(SNOW_WHITE_SOURCE "/tests/unit/golden"))
        if (entry.path().filename().string().starts_with("slack_"))
            files.insert(entry.path().string());
    std::set<std::string> wanted;
    for (const auto& each : cases())
        wanted.insert(golden_path(each.name));
    EXPECT_EQ(files, wanted);
}

} // namespace

} // namespace slack_golden_test
