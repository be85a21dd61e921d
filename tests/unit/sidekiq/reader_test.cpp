// A Reader's looks at a Redis whose replies are written down.
#include "src/sidekiq/reader.hpp"
#include "tests/unit/sidekiq/fake_redis.hpp"

#include <gmock/gmock.h>

namespace {

using namespace snow_white::sidekiq;
using namespace std::chrono_literals;
using snow_white::Instant;
using test::bulk;
using test::integer;
using test::list;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr long long second_of_look = 1'764'486'000; // of TIME
const Instant time_of_look{std::chrono::seconds{second_of_look}};

const std::string web = "ip-10-0-0-7:4321:0123456789ab";
const std::string jobs_of_web =
    list({"tid1",
          R"({"queue":"default","run_at":1764485990,"payload":"{\"class\":\"Import\",)"
          R"(\"args\":[\"s3cret\"],\"jid\":\"b4a577edbccf1d805744efa9\"}"})",
          "tid2",
          R"({"queue":"low","run_at":1764480000,"payload":"{\"class\":\"Wrapper\",)"
          R"(\"wrapped\":\"Report\",\"args\":[{\"arguments\":[\"s3cret\"]}],\"jid\":\"j2\"}"})"});

std::string info(const std::string& more = R"("version":"7.3.9","embedded":false)") {
    return R"({"hostname":"ip-10-0-0-7","started_at":1764400000.5,"pid":4321,"tag":"shop",)"
           R"("concurrency":10,"queues":["default","low"],"labels":["s3cret"],)" +
           more + "}";
}

std::string fields(const std::string& info_text, int busy, const std::string& quiet = "false") {
    return "*5\r\n" + bulk(info_text) + bulk(std::to_string(busy)) +
           bulk(std::to_string(second_of_look - 5) + ".25") + bulk(quiet) + "$-1\r\n";
}

// The first round trip's replies, where nothing is known yet.
std::string lists(const std::vector<std::string>& processes,
                  const std::vector<std::string>& queues = {}) {
    return list({std::to_string(second_of_look), "500000"}) + list(processes) + list(queues) +
           list({"low"}) + integer(3) + integer(2) + integer(1);
}

class SidekiqReader : public testing::Test {
protected:
    Reader reader(const std::string& name_space = "") {
        return {{*parse_redis_url("redis://reader:pw@cache/2")}, name_space, redis_, clock_};
    }
    Snapshot look() {
        auto one = reader();
        auto snapshot = one.read();
        EXPECT_TRUE(snapshot) << snapshot.error().why;
        return snapshot.value_or(Snapshot{});
    }

    const std::string signed_in_ = "+OK\r\n+OK\r\n";
    test::FakeRedis redis_;
    FakeClock clock_;
};

TEST_F(SidekiqReader, ProcessesJobsAndQueuesAreRead) {
    redis_.answer({signed_in_, lists({web}, {"low", "default"}),
                   fields(info(), 2) + integer(7) + integer(0), jobs_of_web});
    const Snapshot snapshot = look();
    EXPECT_EQ(snapshot.at, time_of_look + 500ms);
    ASSERT_EQ(snapshot.processes.size(), 1U);
    EXPECT_EQ(snapshot.processes[0],
              (Process{.identity = web,
                       .host = "ip-10-0-0-7",
                       .pid = 4321,
                       .version = "7.3.9",
                       .tag = "shop",
                       .queues = {"default", "low"},
                       .concurrency = 10,
                       .busy = 2,
                       .started = Instant{std::chrono::milliseconds{1'764'400'000'500}},
                       .beat = time_of_look - 5s + 250ms}));
    EXPECT_EQ(host_and_pid(snapshot.processes[0]), "ip-10-0-0-7:4321");
    // The longest-running first; of ActiveJob the application's class.
    ASSERT_EQ(snapshot.jobs.size(), 2U);
    EXPECT_EQ(snapshot.jobs[0], (RunningJob{"Report", "j2", "low", "tid2",
                                            Instant{std::chrono::seconds{1'764'480'000}}, web}));
    EXPECT_EQ(snapshot.jobs[1].class_name, "Import");
    EXPECT_THAT(snapshot.queues, ElementsAre(Queue{"default", 7, false}, Queue{"low", 0, true}));
    EXPECT_EQ(snapshot.scheduled, 3);
    EXPECT_EQ(snapshot.retries, 2);
    EXPECT_EQ(snapshot.dead_jobs, 1);
    EXPECT_EQ(snapshot.omitted_processes + snapshot.omitted_jobs + snapshot.omitted_queues, 0U);
}

TEST_F(SidekiqReader, ASecondLookIsOneRoundTripForTheProcessesAndOneForTheJobs) {
    const std::string known = lists({web}, {"default"}) + fields(info(), 2) + integer(7);
    redis_.answer({signed_in_, lists({web}, {"default"}), fields(info(), 2) + integer(7),
                   jobs_of_web, known, jobs_of_web});
    auto one = reader();
    const auto first = one.read();
    ASSERT_TRUE(first) << first.error().why;
    EXPECT_EQ(redis_.round_trips, 4U); // with that of AUTH
    const auto second = one.read();
    ASSERT_TRUE(second) << second.error().why;
    EXPECT_EQ(redis_.round_trips, 6U);
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(redis_.asked.size(), 1U);
}

TEST_F(SidekiqReader, AProcessWithoutHashOrBeatIsDead) {
    const std::string old = "*5\r\n" + bulk(info()) + bulk("1") +
                            bulk(std::to_string(second_of_look - 61)) + bulk("false") + "$-1\r\n";
    const std::string none = "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n";
    redis_.answer({signed_in_, lists({"b:2:0123456789ab", "a:1:0123456789ab"}), none + old});
    const Snapshot snapshot = look();
    EXPECT_TRUE(snapshot.processes.empty());
    EXPECT_THAT(snapshot.dead, ElementsAre("a:1:0123456789ab", "b:2:0123456789ab"));
    EXPECT_THAT(redis_.written, Not(HasSubstr("HGETALL")));
}

// Somebody else's keys have names of Sidekiq's: what can be read is read, and the others are
// counted.
TEST_F(SidekiqReader, AKeyOfAnotherTypeHidesNothingElse) {
    const std::string wrong =
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
    const std::string other = "a:1:0123456789ab", third = "b:2:0123456789ab";
    redis_.answer({signed_in_,
                   list({std::to_string(second_of_look), "500000"}) + list({other, third, web}) +
                       list({"default", "low"}) + wrong + integer(3) + integer(2) + integer(1),
                   wrong + fields(info(), 3) + fields(info(), 2) + wrong + integer(4),
                   wrong + jobs_of_web});
    const Snapshot snapshot = look();
    EXPECT_EQ(snapshot.processes.size(), 2U);
    EXPECT_TRUE(snapshot.dead.empty());
    EXPECT_EQ(snapshot.omitted_processes, 1U);
    EXPECT_EQ(snapshot.jobs.size(), 2U);
    EXPECT_EQ(snapshot.omitted_jobs, 3U);
    EXPECT_THAT(snapshot.queues, ElementsAre(Queue{"low", 4, false}));
    EXPECT_EQ(snapshot.omitted_queues, 1U);
}

TEST_F(SidekiqReader, ASetOfAnotherTypeIsNotSidekiqs) {
    redis_.answer(
        {signed_in_, list({std::to_string(second_of_look), "500000"}) + "-WRONGTYPE x\r\n"});
    EXPECT_THAT(reader().read().error().why, HasSubstr("something else than Sidekiq's data"));
}

TEST_F(SidekiqReader, OneServerUnderTwoNamesIsAnError) {
    for (int i = 0; i < 2; ++i)
        redis_.answer({lists({web}), fields(info(), 0)});
    Reader two({*parse_redis_url("redis://one"), *parse_redis_url("redis://alias")}, "", redis_,
               clock_);
    EXPECT_THAT(two.read().error().why, HasSubstr("Redis at alias:6379 is the same server"));
}

TEST_F(SidekiqReader, BeforeSeven) {
    const std::string job = R"({"queue":"q","run_at":1764480000,"payload":{"args":["s3cret"],)"
                            R"("class":"Old","jid":"j"}})";
    redis_.answer({signed_in_, lists({web}), fields(info(R"("identity":"x")"), 1, "true"),
                   list({}) + list({"tid", job})});
    const Snapshot snapshot = look();
    ASSERT_EQ(snapshot.processes.size(), 1U);
    EXPECT_TRUE(snapshot.processes[0].quiet);
    EXPECT_EQ(snapshot.processes[0].version, "");
    ASSERT_EQ(snapshot.jobs.size(), 1U);
    EXPECT_EQ(snapshot.jobs[0].class_name, "Old");
    EXPECT_THAT(redis_.written, HasSubstr(web + ":work\r\n"));
    EXPECT_THAT(redis_.written, HasSubstr(web + ":workers\r\n"));
}

TEST_F(SidekiqReader, ANamespaceIsBeforeEachKey) {
    redis_.answer(
        {signed_in_, lists({web}, {"default"}), fields(info(), 2) + integer(7), jobs_of_web});
    ASSERT_TRUE(reader("shop").read());
    const std::string jobs = web + ":work";
    for (const std::string& key :
         {std::string("processes"), std::string("queues"), std::string("paused"),
          std::string("schedule"), std::string("retry"), std::string("dead"),
          std::string("queue:default"), web, jobs})
        EXPECT_THAT(redis_.written, HasSubstr("\r\nshop:" + key + "\r\n"));
}

TEST_F(SidekiqReader, ShardsAreOneSnapshot) {
    redis_.answer({lists({web}, {"default"}), fields(info(), 2) + integer(7), jobs_of_web});
    redis_.answer({lists({"a:1:0123456789ab"}, {"default"}), fields(info(), 0) + integer(5)});
    Reader both({*parse_redis_url("redis://one"), *parse_redis_url("redis://two")}, "", redis_,
                clock_);
    const auto snapshot = both.read();
    ASSERT_TRUE(snapshot) << snapshot.error().why;
    EXPECT_EQ(snapshot->processes.size(), 2U);
    EXPECT_EQ(snapshot->processes[0].identity, "a:1:0123456789ab");
    EXPECT_THAT(snapshot->queues, ElementsAre(Queue{"default", 12, false}));
    EXPECT_EQ(snapshot->retries, 4);
    // Half an answer is none.
    const auto half = both.read();
    ASSERT_FALSE(half);
}

TEST_F(SidekiqReader, AConnectionThatWasClosedMeanwhileIsMadeAgain) {
    const std::string empty = lists({});
    redis_.answer({signed_in_, empty, ""});
    redis_.answer({signed_in_, empty});
    auto one = reader();
    EXPECT_TRUE(one.read());
    EXPECT_TRUE(one.read());
    EXPECT_EQ(redis_.asked.size(), 2U);
    EXPECT_EQ(redis_.asked[1].password, "pw");
}

TEST_F(SidekiqReader, ItSendsEachCommandOfTheList) {
    redis_.answer(
        {signed_in_, lists({web}, {"default"}), fields(info(), 2) + integer(7), jobs_of_web});
    ASSERT_TRUE(reader().read());
    for (const auto& name : read_commands()) {
        const std::string word = "\r\n$" + std::to_string(name.size()) + "\r\n" + name + "\r\n";
        EXPECT_THAT(redis_.written, HasSubstr(word)) << name << " is in the list for nothing";
    }
}

} // namespace
