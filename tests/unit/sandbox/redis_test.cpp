// What the simulated Redis says about simulated workers as time passes, without a socket.
// tests/contract/test_simulated_redis.py compares its bytes with those of a real Redis.
#include "sandbox/server/sandbox.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "sandbox/world/simulated_host.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/sandbox_sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace sandbox_redis_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const Json quiet_of_redis_test = {
    {"mainSteps",
     {{{"name", "workers"},
       {"action", "aws:runShellScript"},
       {"inputs",
        {{"timeoutSeconds", "3600"}, {"runCommand", {"./snow-white-instance.sh quiet"}}}}}}}};

class SandboxRedis : public testing::Test {
protected:
    SandboxRedis() {
        FleetPlan plan = plan_fleet("acme", {{"acme-workers", 2}}, clock.now());
        simulate_hosts(plan, 60s);
        box.emplace(std::move(plan), clock, SandboxOptions{});
        session = box->connect_to_redis();
    }

    std::string ask(const std::string& line) {
        return box->ask_redis(session, line + "\r\n").bytes;
    }

    // Of the first instance, whose jobs end 10, 20 and 30 s after the quiet.
    std::string identity() {
        const std::string members = ask("SMEMBERS processes");
        const std::size_t begin = members.find("ip-10-0-0-4.");
        return members.substr(begin, members.find('\r', begin) - begin);
    }

    std::string busy_and_quiet() { return ask("HMGET " + identity() + " busy quiet"); }

    void to_first(const std::function<void(SimulatedHost&)>& change) {
        box->change_region_state([&](RegionState& state) {
            change(dynamic_cast<SimulatedHost&>(*state.instances[0].host));
        });
    }

    void quiet() {
        to_first([&](SimulatedHost& host) {
            run = host.run(quiet_of_redis_test, Json::object(), "command", clock.now());
        });
    }

    void change(const Json& asked) {
        HttpRequest request;
        request.method = "POST";
        request.path = asked.contains("instances") ? "/_sandbox/instances" : "/_sandbox/redis";
        request.body = asked.dump();
        const HttpResponse answer = box->handle(request);
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    std::string first_instance() {
        std::string id;
        box->change_region_state([&](RegionState& state) { id = state.instances[0].id; });
        return id;
    }

    FakeClock clock;
    std::optional<Sandbox> box;
    RedisSession session;
    std::unique_ptr<DocumentRun> run;
};

TEST_F(SandboxRedis, AWorkerTellsAtItsNextBeatThatItIsQuiet) {
    clock.wait(1min);
    EXPECT_EQ(busy_and_quiet(), "*2\r\n$1\r\n3\r\n$5\r\nfalse\r\n");
    quiet();
    int seconds = 0;
    for (; busy_and_quiet() == "*2\r\n$1\r\n3\r\n$5\r\nfalse\r\n" && seconds < 100; ++seconds)
        clock.wait(1s);
    EXPECT_GE(seconds, 1) << "a beat is not every second";
    EXPECT_LE(seconds, 5);
    EXPECT_EQ(busy_and_quiet(), "*2\r\n$1\r\n3\r\n$4\r\ntrue\r\n");
}

TEST_F(SandboxRedis, TheOldestJobIsTheLastToEndAndThenThereIsNoKeyOfJobs) {
    clock.wait(1min);
    quiet();
    clock.wait(26s); // two of three have ended, and a beat has said so
    EXPECT_EQ(busy_and_quiet(), "*2\r\n$1\r\n1\r\n$4\r\ntrue\r\n");
    const std::string jobs = ask("HGETALL " + identity() + ":workers");
    EXPECT_THAT(jobs, HasSubstr(R"(\"class\":\"ReportJob\")"));
    EXPECT_THAT(jobs, Not(HasSubstr("MailJob")));
    clock.wait(10s);
    EXPECT_EQ(busy_and_quiet(), "*2\r\n$1\r\n0\r\n$4\r\ntrue\r\n");
    EXPECT_EQ(ask("EXISTS " + identity() + ":workers"), ":0\r\n");
}

// The instance calls its worker idle at that moment, and Redis does not contradict it.
TEST_F(SandboxRedis, TheEndOfTheLastJobIsAHeartbeat) {
    clock.wait(1min);
    quiet();
    while (!run->finished(clock.now()))
        clock.wait(100ms);
    EXPECT_EQ(busy_and_quiet(), "*2\r\n$1\r\n0\r\n$4\r\ntrue\r\n");
}

TEST_F(SandboxRedis, AJobStaysTheSameFromBeatToBeat) {
    clock.wait(1min);
    const std::string before = ask("HGETALL " + identity() + ":workers");
    clock.wait(1h);
    EXPECT_EQ(ask("HGETALL " + identity() + ":workers"), before);
}

TEST_F(SandboxRedis, AProcessThatIsStoppedSaysGoodbye) {
    to_first([&](SimulatedHost& host) {
        const Json stop = Json::parse([](std::string text) {
            return text.replace(text.find(" quiet"), 6, " stop");
        }(quiet_of_redis_test.dump()));
        run = host.run(stop, Json::object(), "command", clock.now());
    });
    EXPECT_EQ(ask("SCARD processes"), ":2\r\n");
    clock.wait(1min);
    to_first([&](SimulatedHost&) { EXPECT_TRUE(run->finished(clock.now())); });
    EXPECT_EQ(ask("SCARD processes"), ":1\r\n");
}

TEST_F(SandboxRedis, AnInstanceThatIsTerminatedLeavesAGhost) {
    clock.wait(1min);
    const std::string name = identity();
    change({{"do", "terminate"}, {"instances", {first_instance()}}});
    clock.wait(50s);
    EXPECT_EQ(ask("EXISTS " + name), ":1\r\n") << "its hash lives 60 s";
    clock.wait(15s);
    EXPECT_EQ(ask("EXISTS " + name), ":0\r\n");
    EXPECT_EQ(identity(), name);
}

TEST_F(SandboxRedis, ARebootIsANewProcessAndAStoppedInstanceHasNone) {
    const std::string before = identity();
    change({{"do", "reboot"}, {"instances", {first_instance()}}});
    EXPECT_NE(identity(), before);
    EXPECT_EQ(ask("SCARD processes"), ":2\r\n");
    change({{"do", "stop"}, {"instances", {first_instance()}}});
    EXPECT_EQ(ask("SCARD processes"), ":1\r\n");
}

TEST_F(SandboxRedis, AnAgentThatIsLostChangesNothing) {
    change({{"do", "lose-agent"}, {"instances", {first_instance()}}});
    EXPECT_EQ(ask("SCARD processes"), ":2\r\n");
}

TEST_F(SandboxRedis, QueuesShrinkWhileSomebodyTakesFromThemAndGrowWhileNobodyDoes) {
    change({{"do", "set"}, {"queues", {{"default", 100}}}});
    EXPECT_EQ(ask("LLEN queue:default"), ":100\r\n");
    clock.wait(10s);
    EXPECT_EQ(ask("LLEN queue:default"), ":70\r\n") << "two workers take four a second, one comes";
    clock.wait(1h);
    EXPECT_EQ(ask("TYPE queue:default"), "+none\r\n");
    change({{"do", "terminate"}, {"instances", {first_instance()}}});
    box->change_region_state(
        [&](RegionState& state) { state.instances[1].state = InstanceState::stopped; });
    clock.wait(2min);
    ask("PING");
    clock.wait(10s);
    EXPECT_EQ(ask("LLEN queue:default"), ":130\r\n") << "a ghost takes nothing";
}

TEST_F(SandboxRedis, AProcessWithoutABeatIsThereWithItsOldOne) {
    change({{"do", "add"}, {"host", "box-1"}, {"pid", 7}, {"silent_for", 90}});
    const std::string members = ask("SMEMBERS processes");
    const std::size_t begin = members.find("box-1:7:");
    const std::string name = members.substr(begin, members.find('\r', begin) - begin);
    const std::string beat = ask("HGET " + name + " beat");
    const double seconds = std::stod(beat.substr(beat.find('\n') + 1));
    const auto now = std::chrono::duration<double>(clock.now().time_since_epoch()).count();
    EXPECT_NEAR(now - seconds, 90, 5.1);
}

TEST_F(SandboxRedis, PartsOfARequestAreARequest) {
    EXPECT_EQ(box->ask_redis(session, "*1\r\n$4\r\nPI").bytes, "");
    EXPECT_EQ(box->ask_redis(session, "NG").bytes, "");
    EXPECT_EQ(box->ask_redis(session, "\r\nPING\r\n").bytes, "+PONG\r\n+PONG\r\n");
}

TEST_F(SandboxRedis, ARefusalEndsWhatIsConnected) {
    change({{"do", "break"}, {"how", "refuse"}});
    EXPECT_FALSE(box->redis_accepts());
    EXPECT_TRUE(box->ask_redis(session, "PING\r\n").closes);
    change({{"do", "repair"}});
    EXPECT_TRUE(box->redis_accepts());
}

TEST_F(SandboxRedis, AsSocketsItAnswersInPartsClosesAndIsSilent) {
    test::SandboxSockets sockets(*box, clock);
    std::array<char, 4> part{};
    auto socket = sockets.connect({}, 1s);
    ASSERT_TRUE(socket);
    ASSERT_TRUE((*socket)->write("PING\r\n", 1s));
    EXPECT_EQ((*socket)->read(part, 1s), 4U);
    EXPECT_EQ((*socket)->read(part, 1s), 3U);
    const Instant before = clock.now();
    EXPECT_FALSE((*socket)->read(part, 7s));
    EXPECT_EQ(clock.now() - before, 7s);
    change({{"do", "break"}, {"how", "cut"}});
    ASSERT_TRUE((*socket)->write("PING\r\n", 1s));
    EXPECT_EQ((*socket)->read(part, 1s), 3U);
    EXPECT_EQ((*socket)->read(part, 1s), 0U) << "closed";
    EXPECT_FALSE((*socket)->write("PING\r\n", 1s));
    change({{"do", "break"}, {"how", "refuse"}});
    EXPECT_FALSE(sockets.connect({}, 1s));
}

TEST_F(SandboxRedis, ItsHostAndPidAreThoseOfTheInstanceLine) {
    quiet();
    clock.wait(2min);
    to_first([&](SimulatedHost&) { ASSERT_TRUE(run->finished(clock.now())); });
    const Json line = Json::parse(run->steps().back().standard_output);
    const Json& worker = line.at("workers").at(0);
    EXPECT_TRUE(identity().starts_with(worker.at("as").get<std::string>() + ":" +
                                       worker.at("pid").dump() + ":"))
        << line << identity();
}

} // namespace

} // namespace sandbox_redis_test
