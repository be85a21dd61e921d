// What is kept of a running job, in the words of each release of Sidekiq; and JSON that is none.
#include "src/sidekiq/json_scanner.hpp"
#include "src/sidekiq/read_job.hpp"
#include "src/sidekiq/read_process.hpp"

#include <gmock/gmock.h>

namespace {

using namespace snow_white::sidekiq;
using snow_white::Instant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::optional<RunningJob> job_of(std::string json) {
    return read_job(json);
}

std::string with_payload(const std::string& payload) {
    return R"({"queue":"default","payload":)" + payload + R"(,"run_at":1764480000})";
}

TEST(ReadJob, AnObjectOfFiveAndATextSinceSixPointOne) {
    for (const auto& json :
         {with_payload(R"({"class":"Import","args":[{"a":["}"]}],"jid":"j1"})"),
          with_payload(R"("{\"class\":\"Import\",\"args\":[{\"a\":[\"}\"]}],\"jid\":\"j1\"}")"),
          with_payload(R"( { "jid" : "j1" , "args" : [ ] , "class" : "Import" } )")}) {
        const auto job = job_of(json);
        ASSERT_TRUE(job) << json;
        EXPECT_EQ(job->class_name, "Import");
        EXPECT_EQ(job->id, "j1");
        EXPECT_EQ(job->queue, "default");
        EXPECT_EQ(job->started, Instant{std::chrono::seconds{1764480000}});
    }
}

TEST(ReadJob, OfActiveJobTheApplicationsClass) {
    const auto job = job_of(
        with_payload(R"("{\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"wrapped\":\"Shop::Report\",)"
                     R"(\"args\":[]}")"));
    ASSERT_TRUE(job);
    EXPECT_EQ(job->class_name, "Shop::Report");
}

TEST(ReadJob, MillisecondsAreATimeToo) {
    EXPECT_EQ(job_of(R"({"queue":"q","payload":{"class":"C"},"run_at":1764480000123})")->started,
              Instant{std::chrono::milliseconds{1764480000123}});
}

TEST(ReadJob, ATextIsUnescapedPrintableAndBounded) {
    const auto job =
        job_of(with_payload(R"({"class":"A\u001b[2J\"\\\/\u00e9\ud83d\ude00\ud83d","jid":")" +
                            std::string(999, 'x') + R"("})"));
    ASSERT_TRUE(job);
    EXPECT_EQ(job->class_name, "A\xef\xbf\xbd[2J\"\\/\xc3\xa9\xf0\x9f\x98\x80"
                               "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(job->id, std::string(64, 'x'));
}

TEST(ReadJob, WhatIsNoJobIsNone) {
    const std::string payload = R"({"class":"C","jid":"j"})";
    for (const std::string& json :
         {std::string(),
          std::string("null"),
          std::string("[]"),
          std::string("{}"),
          with_payload(payload) + "x",
          with_payload(payload).substr(0, 40),
          std::string(R"({"queue":"q","payload":{"class":"C"}})"),          // no start
          std::string(R"({"queue":"q","payload":{"jid":"j"},"run_at":1})"), // no class
          with_payload("7"),
          with_payload("null"),
          with_payload(R"("no JSON")"),
          with_payload(R"({"class":7})"),
          with_payload(R"({"class":"C","args":[})"),
          with_payload(R"({"class":"C","args":[}]})"),
          with_payload(R"({"class":"C\q"})"),
          with_payload(R"({"class":"C\u12"})"),
          with_payload(R"({"class":"C)"),
          with_payload(R"({"args":)" + std::string(200, '[') + std::string(200, ']') +
                       R"(,"class":"C"})"),
          std::string(R"({"payload":{"class":"C"},"run_at":-1})"),
          std::string(R"({"payload":{"class":"C"},"run_at":1e300})"),
          std::string(R"({"payload":{"class":"C"},"run_at":nan})")})
        EXPECT_FALSE(job_of(json)) << json;
}

TEST(ReadJob, WhatIsSkippedMayBeAnything) {
    EXPECT_TRUE(job_of(with_payload(
        R"({"args":[1,-2.5e3,true,false,null,"a\\\"]}",[],{},{"x":{"y":[{}]}}],"class":"C"})")));
}

std::optional<Process> process_of(const std::string& info, const std::string& beat = "1764480000") {
    ProcessFields fields;
    fields.values = {info, "2", beat, "true", ""};
    fields.there = true;
    return read_process("host:7:0123456789ab", fields);
}

TEST(ReadProcess, EightHasItsConcurrencyBesideTheInfo) {
    ProcessFields fields;
    fields.values = {
        R"({"hostname":"h","pid":7,"version":"8.1.7","capsules":{"a":{"queues":["x"]},)"
        R"("b":{"queues":["y","x"]}}})",
        "1", "1764480000.5", "false", "12"};
    fields.there = true;
    const auto process = read_process("h:7:0123456789ab", fields);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->concurrency, 12);
    EXPECT_THAT(process->queues, ElementsAre("x", "y"));
    EXPECT_FALSE(process->quiet);
}

TEST(ReadProcess, WhatIsNoProcessIsNone) {
    EXPECT_TRUE(process_of(R"({"hostname":"h","pid":7,"queues":["a"]})"));
    for (const char* info :
         {"", "null", "[]", "{", "{}", R"({"hostname":"h"})", R"({"hostname":"h","pid":"7"})",
          R"({"hostname":"h","pid":0})", R"({"hostname":"h","pid":99999999999})", R"({"pid":7})",
          // It may take from any queue.
          R"({"hostname":"h","pid":7})", R"({"hostname":"h","pid":7,"queues":[]})",
          R"({"hostname":"h","pid":7,"queues":"default"})",
          R"({"hostname":"h","pid":7,"queues":["a",1]})",
          R"({"hostname":"h","pid":7,"capsules":{"a":{}}})"})
        EXPECT_FALSE(process_of(info)) << info;
    EXPECT_FALSE(process_of(R"({"hostname":"h","pid":7,"queues":["a"]})", ""));
    EXPECT_FALSE(process_of(R"({"hostname":"h","pid":7,"queues":["a"]})", "soon"));
}

TEST(ReadProcess, OddTypesAreLeftOut) {
    const auto process =
        process_of(R"({"hostname":"h\n","pid":7,"queues":["a","a"],"concurrency":1e99,"tag":[],)"
                   R"("started_at":"x","embedded":"yes","version":8})");
    ASSERT_TRUE(process);
    EXPECT_EQ(process->host, "h\xef\xbf\xbd");
    EXPECT_THAT(process->queues, ElementsAre("a"));
    EXPECT_EQ(process->concurrency, 1'000'000);
    EXPECT_EQ(process->tag, "");
    EXPECT_EQ(process->version, "");
    EXPECT_FALSE(process->embedded);
    EXPECT_EQ(process->started, Instant{});
}

} // namespace
