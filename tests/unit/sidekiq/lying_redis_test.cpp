// A Redis that lies: what it sends is refused in words of ours, soon, and without being stored.
#include "src/sidekiq/link.hpp"
#include "src/sidekiq/reader.hpp"
#include "src/sidekiq/refusal.hpp"
#include "tests/unit/sidekiq/fake_redis.hpp"

#include <gmock/gmock.h>

namespace {

using namespace snow_white::sidekiq;
using test::bulk;
using test::integer;
using test::list;
using testing::HasSubstr;
using testing::Not;

class LyingRedis : public testing::Test {
protected:
    // Why a look fails whose first round trip gets these bytes, and then the end.
    std::string refusal(const std::string& bytes) {
        test::FakeRedis redis;
        redis.answer({bytes});
        redis.most_read = 16 * 1024;
        const auto snapshot = read(redis);
        EXPECT_FALSE(snapshot);
        return snapshot ? "" : snapshot.error().why;
    }
    tl::expected<Snapshot, ReadFailure> read(test::FakeRedis& redis) {
        return Reader({*parse_redis_url("redis://cache")}, "", redis, clock_).read();
    }
    FakeClock clock_;
};

const std::string now = list({"1764486000", "0"});
const std::string sizes = integer(0) + integer(0) + integer(0);

TEST_F(LyingRedis, WhatIsTooLargeIsRefusedAtItsHeader) {
    EXPECT_THAT(refusal(now + "*500001\r\n"), HasSubstr("more than 500,000 elements for SMEMBERS"));
    EXPECT_THAT(refusal(now + "*99999999999\r\n"), HasSubstr("no reply of Redis's protocol"));
    EXPECT_THAT(refusal(now + "*1\r\n$16777217\r\n"), HasSubstr("more than 16 MiB for SMEMBERS"));
    EXPECT_THAT(refusal(now + "*1\r\n$99999999999999999999999\r\n"), HasSubstr("no reply"));
}

TEST_F(LyingRedis, ALineWithoutAnEndIsRefused) {
    EXPECT_THAT(refusal("-" + std::string(100'000, 'x')),
                HasSubstr("no reply of Redis's protocol"));
    EXPECT_THAT(refusal("*1\r\n$" + std::string(100, '1')), HasSubstr("no reply"));
}

TEST_F(LyingRedis, AListWithinAListIsRefused) {
    EXPECT_THAT(refusal(now + "*2\r\n*1\r\n"), HasSubstr("a list within a list for SMEMBERS"));
}

TEST_F(LyingRedis, AReplyOfManyLargeValuesIsRefused) {
    ReplyReader reader;
    const TakeElement take = [](const Element& /*element*/) { return true; };
    const std::string value = bulk(std::string(8 * 1024 * 1024, 'x'));
    const std::string begin = "*99\r\n";
    reader.feed(begin);
    for (int i = 0; i < 15; ++i) {
        reader.feed(value);
        ASSERT_TRUE(reader.next(take)) << i;
    }
    reader.feed(value);
    EXPECT_EQ(reader.next(take).error(), "sent more than 128 MiB as one reply");
}

TEST_F(LyingRedis, AnotherKindOfReplyIsRefused) {
    for (const std::string& reply :
         {std::string(":1\r\n"), std::string("*2\r\n$1\r\nx\r\n$1\r\ny\r\n"), list({"-1", "0"}),
          list({"999999999999999999", "0"})})
        EXPECT_THAT(refusal(reply), HasSubstr("something else than this command returns for TIME"))
            << reply;
    EXPECT_THAT(refusal(now + ":1\r\n"), HasSubstr("for SMEMBERS"));
    EXPECT_THAT(refusal(now + list({}) + list({}) + list({}) + bulk("3")), HasSubstr("for ZCARD"));
}

TEST_F(LyingRedis, AnErrorAmongValuesIsAnError) {
    EXPECT_THAT(refusal(now + "*2\r\n$1\r\nx\r\n-LOADING x\r\n"), HasSubstr("loads its data"));
}

TEST_F(LyingRedis, AnEndInTheMiddleIsSaid) {
    EXPECT_THAT(refusal(""), HasSubstr("closed the connection before it answered"));
    test::FakeRedis redis;
    redis.answer({now + "*3\r\n$1\r\nx\r\n", ""});
    EXPECT_THAT(read(redis).error().why, HasSubstr("does not answer"));
    redis.answer({now + list({}) + list({}) + list({}) + sizes + ":7\r\n"});
    EXPECT_THAT(read(redis).error().why, HasSubstr("sent what nobody asked for"));
}

TEST_F(LyingRedis, ItsTextIsPrintableAndBounded) {
    const std::string identity = "h\x1b[2J:7:0123456789ab";
    const std::string info =
        R"({"hostname":"h\u001b[2J","pid":7,"version":"7","queues":["q"],"tag":")" +
        std::string(5000, 't') + "\"}";
    const std::string process =
        "*5\r\n" + bulk(info) + bulk("1") + bulk("1764486000") + bulk("false") + "$-1\r\n";
    const std::string job = R"({"queue":"q\u001b","payload":{"class":"C\u001b","jid":"\u001b"},)"
                            R"("run_at":1764480000})";
    test::FakeRedis redis;
    redis.answer({now + list({identity, std::string(401, 'x')}) +
                      list({"q\x1b", std::string(401, 'x')}) + list({}) + sizes,
                  process + integer(5), list({"t\x1b", job, "t2", "no JSON"})});
    const auto snapshot = read(redis);
    ASSERT_TRUE(snapshot) << snapshot.error().why;
    ASSERT_EQ(snapshot->processes.size(), 1U);
    EXPECT_EQ(snapshot->processes[0].tag.size(), 255U);
    ASSERT_EQ(snapshot->jobs.size(), 1U);
    const RunningJob& one = snapshot->jobs[0];
    for (const std::string& text :
         {snapshot->processes[0].identity, snapshot->processes[0].host, snapshot->queues.at(0).name,
          one.class_name, one.id, one.queue, one.thread, one.identity})
        EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << text;
    EXPECT_EQ(snapshot->omitted_processes, 1U);
    EXPECT_EQ(snapshot->omitted_queues, 1U);
    EXPECT_EQ(snapshot->omitted_jobs, 1U);
}

// Equal names: Redis itself has each once in a set.
TEST_F(LyingRedis, ANameThatComesTwiceIsOne) {
    test::FakeRedis redis;
    redis.answer({now + list({"h:7:0123456789ab", "h:7:0123456789ab"}) + list({"q", "q", "q"}) +
                      list({}) + sizes,
                  "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n" + integer(3)});
    const auto snapshot = read(redis);
    ASSERT_TRUE(snapshot) << snapshot.error().why;
    EXPECT_EQ(snapshot->dead.size(), 1U);
    EXPECT_EQ(snapshot->queues, (std::vector<Queue>{{"q", 3, false}}));
}

TEST_F(LyingRedis, CountsThatNoRedisHasAreRefused) {
    for (const std::string& count : {integer(-1), integer(9'223'372'036'854'775'807)})
        EXPECT_THAT(refusal(now + list({}) + list({}) + list({}) + count), HasSubstr("for ZCARD"));
}

TEST_F(LyingRedis, AProcessOfAnotherLengthIsRefused) {
    test::FakeRedis redis;
    redis.answer({now + list({"h:7:0123456789ab"}) + list({}) + list({}) + sizes,
                  list({"{}", "1", "1764486000", "false"})});
    EXPECT_THAT(read(redis).error().why, HasSubstr("for HMGET"));
    for (const std::string& reply : {std::string("$-1\r\n"), std::string("*-1\r\n"), bulk("x")}) {
        redis.answer({now + list({"h:7:0123456789ab"}) + list({}) + list({}) + sizes, reply});
        EXPECT_THAT(read(redis).error().why, HasSubstr("for HMGET")) << reply;
    }
}

// Each value is allowed; all of them together are not.
TEST_F(LyingRedis, TextIsKeptUpToALimit) {
    std::string queues;
    for (int i = 0; i < 1000; ++i)
        queues += (i == 0 ? "\"" : ",\"") + std::to_string(i) + std::string(200, 'q') + "\"";
    const std::string info = R"({"hostname":"h","pid":7,"version":"7","queues":[)" + queues + "]}";
    const std::string process =
        "*5\r\n" + bulk(info) + bulk("0") + bulk("1764486000") + bulk("false") + "$-1\r\n";
    std::vector<std::string> names;
    std::string processes;
    for (int i = 100; i < 300; ++i) {
        names.push_back("h:" + std::to_string(i) + ":0123456789ab");
        processes += process;
    }
    const std::string large =
        "*5\r\n" + bulk(std::string(300 * 1024, 'x')) + bulk("0") + "$-1\r\n$-1\r\n$-1\r\n";
    names.push_back("h:999:0123456789ab");
    test::FakeRedis redis;
    redis.most_read = 65536;
    redis.answer({now + list(names) + list({}) + list({}) + sizes, processes + large});
    const auto snapshot = read(redis);
    ASSERT_TRUE(snapshot) << snapshot.error().why;
    EXPECT_GT(snapshot->processes.size(), 100U);
    EXPECT_LT(snapshot->processes.size(), 200U);
    EXPECT_EQ(snapshot->processes.size() + snapshot->omitted_processes, 201U);
}

// Redis answers byte by byte: a look ends all the same.
TEST_F(LyingRedis, ADripEndsWithTheTimeOfALook) {
    class Dripping : public Sockets, public Socket {
    public:
        explicit Dripping(FakeClock& clock) : clock_(clock) {}
        tl::expected<std::unique_ptr<Socket>, ConnectError>
        connect(const RedisUrl& /*url*/, snow_white::Duration /*timeout*/) override {
            return std::make_unique<Dripping>(clock_);
        }
        tl::expected<void, std::string> write(std::string_view /*bytes*/,
                                              snow_white::Duration /*timeout*/) override {
            return {};
        }
        tl::expected<std::size_t, std::string> read(std::span<char> buffer,
                                                    snow_white::Duration timeout) override {
            if (timeout == snow_white::Duration::zero())
                return tl::unexpected<std::string>("does not answer");
            clock_.advance(std::chrono::seconds{1});
            buffer[0] = '1';
            return std::size_t{1};
        }
        FakeClock& clock_;
    } dripping(clock_);
    const auto begun = clock_.elapsed();
    Reader reader({*parse_redis_url("redis://cache")}, "", dripping, clock_);
    EXPECT_FALSE(reader.read());
    EXPECT_LE(clock_.elapsed() - begun, Reader::look_timeout);
}

TEST(Refusal, AnErrorsTextIsNeverRepeated) {
    for (const char* error :
         {"ERR unknown command 'AUTH', with args beginning with: 's3cret'", "s3cret", "",
          "ERR s3cret", "WRONGPASS s3cret", "NOPERM s3cret key", "NOPERM s3cret", "-s3cret",
          "NOAUTH s3cret", "BUSY s3cret", "MOVED 1 s3cret", "CUSTOM s3cret"})
        EXPECT_THAT(refusal_of(error, "AUTH").words, Not(HasSubstr("s3cret"))) << error;
}

} // namespace
