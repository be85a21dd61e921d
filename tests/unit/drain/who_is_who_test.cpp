#include "src/drain/model/who_is_who.hpp"

#include <gtest/gtest.h>

namespace who_is_who_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;

Worker worker_named(const std::string& host, int pid, int pid_inside = 0) {
    return {.pid = pid, .pid_inside = pid_inside, .redis_host = host};
}

TEST(WhoIsWho, NamesAWorkerAsRedisDoes) {
    EXPECT_EQ(name_in_redis(worker_named("ip-10-0-0-7", 812)), "ip-10-0-0-7:812");
    EXPECT_EQ(name_in_redis(worker_named("0123456789ab", 812, 1)), "0123456789ab:1");
}

TEST(WhoIsWho, HasNoNameForAWorkerOfWhichTooLittleIsKnown) {
    EXPECT_EQ(name_in_redis(worker_named("", 812)), "");
    EXPECT_EQ(name_in_redis(worker_named("ip-10-0-0-7", 0)), "");
    const WhoIsWho known =
        who_is_who({{{"i-1"}, {worker_named("", 812), worker_named("ip-10-0-0-7", 0)}}});
    EXPECT_TRUE(known.workers.empty());
    EXPECT_EQ(find_worker(known, ""), nullptr);
    EXPECT_EQ(find_worker(known, ":812"), nullptr);
    EXPECT_EQ(find_worker(known, "ip-10-0-0-7:0"), nullptr);
}

TEST(WhoIsWho, FindsTheWorkerOnItsInstance) {
    const WhoIsWho known =
        who_is_who({{{"i-1"}, {worker_named("ip-10-0-0-7", 812), worker_named("shop", 900, 1)}},
                    {{"i-2"}, {worker_named("ip-10-0-0-8", 812)}}});
    const auto instance_of = [&](const std::string& name) {
        const KnownWorker* found = find_worker(known, name);
        return found == nullptr ? std::string("none") : found->instance.text;
    };
    EXPECT_EQ(instance_of("ip-10-0-0-7:812"), "i-1");
    EXPECT_EQ(instance_of("shop:1"), "i-1");
    EXPECT_EQ(instance_of("ip-10-0-0-8:812"), "i-2");
    EXPECT_EQ(instance_of("shop:900"), "none") << "Sidekiq does not know the pid outside";
    EXPECT_EQ(instance_of("console-1:7"), "none");
    EXPECT_EQ(find_worker(known, "shop:1")->worker->pid, 900);
}

// Containers of one image whose HOSTNAME the user chose, or hosts cloned with their name.
TEST(WhoIsWho, ANameOnTwoInstancesIsNeither) {
    const auto with = [](const std::vector<std::string>& instances) {
        std::map<InstanceId, std::vector<Worker>> workers;
        for (const auto& id : instances)
            workers[{id}] = {worker_named("shop", 900, 1), worker_named("host-of-" + id, 7)};
        return who_is_who(workers);
    };
    for (const auto& known : {with({"i-1", "i-2"}), with({"i-1", "i-2", "i-3"})}) {
        EXPECT_EQ(find_worker(known, "shop:1"), nullptr);
        EXPECT_EQ(known.ambiguous, std::set<std::string>{"shop:1"});
        EXPECT_NE(find_worker(known, "host-of-i-1:7"), nullptr);
        EXPECT_NE(find_worker(known, "host-of-i-2:7"), nullptr);
    }
}

// Two containers with the host's network and so its name, each with the pid 1 inside.
TEST(WhoIsWho, ANameTwiceOnOneInstanceTellsTheInstance) {
    const std::vector<Worker> twins{worker_named("ip-10-0-0-7", 812, 1),
                                    worker_named("ip-10-0-0-7", 900, 1)};
    const WhoIsWho known = who_is_who({{{"i-1"}, twins}});
    const KnownWorker* found = find_worker(known, "ip-10-0-0-7:1");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->instance.text, "i-1");
    EXPECT_FALSE(found->worker);
    EXPECT_TRUE(known.ambiguous.empty());
    const WhoIsWho more = who_is_who({{{"i-1"}, twins}, {{"i-2"}, twins}});
    EXPECT_EQ(find_worker(more, "ip-10-0-0-7:1"), nullptr);
}

} // namespace

} // namespace who_is_who_test
