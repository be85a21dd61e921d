#include "src/drain/model/instance_line.hpp"

#include <gtest/gtest.h>

namespace instance_line_test {

namespace {

using namespace snow_white::drain;

const std::string good =
    R"({"snow_white":1,"action":"quiet","outcome":"done","note":"n","workers":[)"
    R"({"pid":812,"unit":"sidekiq.service","version":"6.4.1","busy":0,"of":5,"state":"idle"}]})";

TEST(InstanceLine, IsTheLastLineThatIsNotBlank) {
    const auto line = parse_instance_line("waiting\n" + good + "\n\n");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->outcome, Outcome::done);
    ASSERT_EQ(line->workers.size(), 1U);
    EXPECT_EQ(line->workers[0].pid, 812);
    EXPECT_EQ(line->workers[0].state, WorkerState::idle);
    EXPECT_FALSE(line->workers[0].since);
}

TEST(InstanceLine, HasTheStartTime) {
    std::string text = good;
    const auto line =
        parse_instance_line(text.replace(text.find("\"of\""), 0, "\"since\":1764252000,"));
    ASSERT_TRUE(line);
    EXPECT_EQ(line->workers.at(0).since, snow_white::Instant{std::chrono::seconds{1764252000}});
}

// As the script of db20e21 wrote it: a monitor that is newer than the stack's documents must read
// it.
TEST(InstanceLine, OfAnOlderScriptNamesNoHost) {
    const auto line = parse_instance_line(good);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->host, "");
    EXPECT_TRUE(line->scripts.empty());
    EXPECT_EQ(line->workers.at(0).container, "");
}

TEST(InstanceLine, NamesItsHostAndTheScriptsThere) {
    const auto line = parse_instance_line(
        R"({"snow_white":1,"action":"status","outcome":"done","host":"ip-10-0-0-7","scripts":[{"action":"quiet","pid":77}],)"
        R"("note":"","workers":[{"pid":812,"unit":"container:0123456789ab","version":"6.4.1","busy":0,"of":5,)"
        R"("state":"idle","container":"shop-worker","inside":7}]})");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->host, "ip-10-0-0-7");
    ASSERT_EQ(line->scripts.size(), 1U);
    EXPECT_EQ(line->scripts[0].action, Action::quiet);
    EXPECT_EQ(line->scripts[0].pid, 77);
    EXPECT_EQ(line->workers.at(0).container, "shop-worker");
    EXPECT_EQ(line->workers.at(0).pid_inside, 7);
}

TEST(InstanceLine, SaysHowSidekiqCallsTheHostOfAWorker) {
    const std::string worker =
        R"("unit":"","version":"6.4.1","busy":0,"of":5,"state":"idle")"; // without its braces
    const auto line = parse_instance_line(
        R"({"snow_white":1,"action":"status","outcome":"done","host":"ip-10-0-0-7","note":"","workers":[)"
        R"({"pid":1,)" +
        worker + R"(},{"pid":2,)" + worker + R"(,"as":"worker.7"},{"pid":3,)" + worker +
        R"(,"as":""}],"more":1,"rest":{"idle":{"workers":1,"busy":0}}})");
    ASSERT_TRUE(line);
    ASSERT_EQ(line->workers.size(), 4U);
    EXPECT_EQ(line->workers[0].redis_host, "ip-10-0-0-7");
    EXPECT_EQ(line->workers[1].redis_host, "worker.7");
    EXPECT_EQ(line->workers[2].redis_host, "") << "another name, which the script does not repeat";
    EXPECT_EQ(line->workers[3].redis_host, "") << "nothing is known of it";
    EXPECT_EQ(parse_instance_line(good)->workers.at(0).redis_host, "");
}

// An older monitor reads a newer line: it ignores what it does not know.
TEST(InstanceLine, OfANewerScriptIsRead) {
    std::string text = good;
    text.replace(text.find("\"of\""), 0, R"("queues":["a","b"],)");
    text.replace(text.find("\"note\""), 0, R"("kernel":{"release":"6.1"},"load":[0.5,1],)");
    const auto line = parse_instance_line(text);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->workers.at(0).pid, 812);
}

TEST(InstanceLine, IsFoundBeforeTheAgentsFailureText) {
    const std::string failure =
        "\n----------ERROR-------\nsome warning\nfailed to run commands: exit status 3";
    EXPECT_TRUE(parse_instance_line(good + failure));
    EXPECT_EQ(last_output_line("sh: not found" + failure), "some warning");
    EXPECT_EQ(last_output_line(
                  "no such file\n----------ERROR-------\nfailed to run commands: exit status 1"),
              "no such file");
    EXPECT_FALSE(
        parse_instance_line("x\n----------ERROR-------\n" + good)); // standard error is not trusted
}

TEST(InstanceLine, MalformedTextIsNoLine) {
    const auto replaced = [](std::string from, const std::string& to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    const std::vector<std::string> wrong{
        "",
        "done",
        "null",
        "[]",
        "{}",
        good.substr(0, good.size() - 1), // cut
        good + "\ntrailing words",
        replaced("\"snow_white\":1", "\"snow_white\":2"),
        replaced("\"done\"", "\"well done\""),
        replaced("\"idle\"", "\"asleep\""),
        replaced("812", "\"812\""),
        replaced("\"busy\":0,", ""),
        replaced("\"workers\":[", "\"workers\":[7,"),
        replaced("812", "-1"),
        replaced("812", "99999999999"),
        replaced("\"busy\":0", "\"busy\":-1"),
        replaced("\"busy\":0", "\"busy\":0.5"),
        replaced("\"busy\":0", "\"busy\":1e20"),
        replaced("\"of\":5", "\"of\":99999999999999999999"),
        replaced("\"snow_white\":1", "\"snow_white\":1.5"),
        replaced("\"workers\":", "\"more\":-1,\"workers\":"),
        replaced("sidekiq.service", std::string(300, 'x')),
        replaced("\"of\":5", "\"of\":5,\"since\":\"now\""),
        replaced("\"of\":5", "\"of\":5,\"since\":-1"),
        replaced("\"of\":5", "\"of\":5,\"since\":10000000000"),
        replaced("done", "\xff"),
        replaced("sidekiq", std::string(1, '\0')),
        std::string(24'000, '['),
        replaced("\"note\"", R"("host":7,"note")"),
        replaced("\"note\"", R"("scripts":[{"action":"quiet"}],"note")"),
        replaced("\"note\"", R"("scripts":[{"action":"rm","pid":1}],"note")"),
        replaced("\"of\":5", "\"of\":5,\"inside\":-1"),
        replaced("\"of\":5", "\"of\":5,\"as\":7"),
        replaced("\"of\":5", "\"of\":5,\"as\":\"" + std::string(300, 'x') + '"'),
        replaced("\"n\"", "7")};
    for (const auto& output : wrong)
        EXPECT_FALSE(parse_instance_line(output)) << output;
}

TEST(InstanceLine, ItsNoteHasLimitedLength) {
    std::string text = good;
    text.replace(text.find("\"n\""), 3, '"' + std::string(20'000, 'n') + '"');
    EXPECT_EQ(parse_instance_line(text)->note.size(), 300U);
}

TEST(InstanceLine, DeepNestingHidesNothing) {
    std::string text = good;
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    text.replace(text.find("\"n\""), 3, "\"n\",\"else\":" + deep);
    EXPECT_TRUE(parse_instance_line(text)) << "what nobody asked for is passed over, however deep";
}

TEST(InstanceLine, CountsWorkersThatDidNotFitByTheirStates) {
    const std::string head = good.substr(0, good.size() - 1);
    const auto line = parse_instance_line(
        head +
        R"(,"more":5,"rest":{"quiet":{"workers":2,"busy":7},"idle":{"workers":3,"busy":0}}})");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->omitted_workers, 0);
    ASSERT_EQ(line->workers.size(), 6U);
    int busy = 0;
    int idle = 0;
    for (const auto& worker : line->workers) {
        busy += worker.busy;
        idle += worker.state == WorkerState::idle ? 1 : 0;
    }
    EXPECT_EQ(busy, 7);
    EXPECT_EQ(idle, 4);
    for (const std::string rest :
         {R"("more":5,"rest":{"idle":{"workers":4,"busy":0}})", // one is missing
          R"("more":0,"rest":{"idle":{"workers":0,"busy":0}})",
          R"("more":-1,"rest":{"idle":{"workers":-1,"busy":0}})",
          R"("more":2000000000,"rest":{"idle":{"workers":2000000000,"busy":0}})",
          R"("more":1,"rest":{"asleep":{"workers":1,"busy":0}})", R"("more":1,"rest":{"idle":1})",
          R"("more":1,"rest":"idle")"})
        EXPECT_FALSE(parse_instance_line(head + "," + rest + "}")) << rest;
    EXPECT_EQ(parse_instance_line(head + R"(,"more":5})")->omitted_workers,
              5); // as earlier scripts write it
}

TEST(InstanceLine, SaysWhetherItHeldBefore) {
    EXPECT_FALSE(parse_instance_line(good)->already);
    std::string already = good;
    already.replace(already.find("\"note\""), 0, R"("already":true,)");
    EXPECT_TRUE(parse_instance_line(already)->already);
}

} // namespace

} // namespace instance_line_test
