// -a jobs: which Redis is read for which application, what is said where there is none, and that
// no message has the password. A Redis that answers is in tests/contract/test_jobs.py.
#include "src/cli/commands/redis_access.hpp"

#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/read_and_close.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redis_access_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using cli::ExitCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Notes which servers were asked for, and reaches none of them.
class NoWay : public sidekiq::Sockets {
public:
    tl::expected<std::unique_ptr<sidekiq::Socket>, sidekiq::ConnectError>
    connect(const sidekiq::RedisUrl& url, Duration /*timeout*/) override {
        asked.push_back(address_of(url));
        return tl::unexpected(std::string("cannot be reached from here"));
    }
    std::vector<std::string> asked;
};

struct Ended {
    ExitCode code;
    std::string out, err;
    std::vector<std::string> asked;
};

Ended run(const std::string& setting, std::vector<std::string> more = {}) {
    const Environment environment({{"SIDEKIQ_REDIS_URL", setting}});
    FakeClock clock;
    test::FakeHttp http;
    NoWay sockets;
    std::FILE* out = std::tmpfile();
    std::FILE* err = std::tmpfile();
    cli::Context context{environment, http, clock, out, err};
    context.sockets = &sockets;
    more.insert(more.begin(), {"-a", "jobs"});
    const ExitCode code = cli::run(more, context);
    return {code, test::read_and_close(out), test::read_and_close(err), sockets.asked};
}

TEST(RedisAccess, AnUnreachableOneIsSaidWithWhatToTry) {
    const auto ended = run("redis://reader:s3cret@cache.internal:6380/2");
    EXPECT_EQ(ended.code, ExitCode::unavailable);
    EXPECT_THAT(ended.asked, ElementsAre("cache.internal:6380"));
    EXPECT_THAT(ended.err,
                AllOf(StartsWith("snow-white: Redis at cache.internal:6380 cannot be reached"),
                      HasSubstr("ssh -L 6380:cache.internal:6380 BASTION"),
                      HasSubstr("SIDEKIQ_REDIS_URL=redis://127.0.0.1:6380"),
                      HasSubstr("security group"), HasSubstr("rediss://"), Not(HasSubstr("s3cret")),
                      Not(HasSubstr("reader"))));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1);
    EXPECT_THAT(ended.out, IsEmpty());
}

// The certificate is not that of 127.0.0.1.
TEST(RedisAccess, AForwardedPortWithTlsNeedsTheServersName) {
    EXPECT_THAT(run("rediss://cache.internal:6380").err,
                HasSubstr("ssh -L 6380:cache.internal:6380 BASTION with 127.0.0.1 cache.internal "
                          "in /etc/hosts; "));
}

// The first look of a watch, too: a person learns at once that the URL is wrong.
TEST(RedisAccess, AWatchThatNeverReachesItEnds) {
    const auto ended = run("redis://cache:6379", {"--watch", "10s"});
    EXPECT_EQ(ended.code, ExitCode::unavailable);
    EXPECT_THAT(ended.err, HasSubstr("Redis at cache:6379"));
}

TEST(RedisAccess, AnErrorIsAnEventForPrograms) {
    const auto ended = run("redis://:s3cret@cache:6379", {"--json"});
    EXPECT_THAT(ended.out, AllOf(HasSubstr(R"("event":"error")"), HasSubstr(R"("code":9)"),
                                 Not(HasSubstr("s3cret"))));
    EXPECT_THAT(ended.err, IsEmpty());
}

TEST(RedisAccess, WithoutAUrlNothingIsAsked) {
    const auto ended = run("");
    EXPECT_EQ(ended.code, ExitCode::usage);
    EXPECT_THAT(ended.err, StartsWith("snow-white: SIDEKIQ_REDIS_URL is not set; set it to "));
    EXPECT_THAT(ended.asked, IsEmpty());
}

TEST(RedisAccess, AWrongUrlIsBadInputAndNotRepeated) {
    for (const char* const wrong : {"s3cret", "http://:s3cret@cache:6379", "{\"shop\": s3cret}",
                                    "redis://:s3cret@cache:port"}) {
        const auto ended = run(wrong);
        EXPECT_EQ(ended.code, ExitCode::usage) << wrong;
        EXPECT_THAT(ended.err, AllOf(HasSubstr("SIDEKIQ_REDIS_URL: "), Not(HasSubstr("s3cret"))));
        EXPECT_THAT(ended.asked, IsEmpty());
    }
}

constexpr const char* several = R"({"shop": "redis://:s3cret@one:1", "acme": "redis://two:2"})";

TEST(RedisAccess, OneOfSeveralApplicationsIsChosen) {
    EXPECT_THAT(run(several, {"-p", "shop"}).asked, ElementsAre("one:1"));
    EXPECT_THAT(run(several, {"-p", "acme"}).asked, ElementsAre("two:2"));
    EXPECT_THAT(run(R"({"shop": "redis://one:1"})").asked, ElementsAre("one:1"));
    EXPECT_THAT(run(R"({"*": "redis://one:1"})").asked, ElementsAre("one:1"));
    EXPECT_THAT(run("redis://one:1", {"-p", "any"}).asked, ElementsAre("one:1"));
}

TEST(RedisAccess, NoneAndTheWrongOneOfSeveralAreBadInput) {
    const auto none = run(several);
    EXPECT_EQ(none.code, ExitCode::usage);
    EXPECT_EQ(none.err, "snow-white: SIDEKIQ_REDIS_URL is for several applications (acme, shop); "
                        "choose one with -p\n");
    const auto other = run(several, {"-p", "shap"});
    EXPECT_EQ(other.code, ExitCode::usage);
    EXPECT_EQ(other.err, "snow-white: SIDEKIQ_REDIS_URL has no Redis for application \"shap\" "
                         "(there: acme, shop); correct -p, or add it there\n");
    EXPECT_THAT(other.asked, IsEmpty());
}

} // namespace

} // namespace redis_access_test
