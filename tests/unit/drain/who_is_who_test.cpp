#include "src/drain/model/who_is_who.hpp"

#include <gtest/gtest.h>

namespace who_is_who_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;

Worker worker_named(const std::string& host, int pid, int pid_inside = 0) {
    return {.pid = pid, .pid_inside = pid_inside, .redis_host = host};
}

TEST(WhoIsWho, AWorkersNameHasThePidInItsOwnNamespace) {
    EXPECT_EQ(name_in_redis(worker_named("ip-10-0-0-7", 812)), "ip-10-0-0-7:812");
    EXPECT_EQ(name_in_redis(worker_named("0123456789ab", 812, 1)), "0123456789ab:1");
}

TEST(WhoIsWho, WithoutAHostOrAProcessThereIsNoName) {
    EXPECT_EQ(name_in_redis(worker_named("", 812)), "");
    EXPECT_EQ(name_in_redis(worker_named("ip-10-0-0-7", 0)), "");
    WhoIsWho known;
    known.add("", {"i-1"});
    EXPECT_EQ(known.find(""), nullptr);
}

TEST(WhoIsWho, ANameFindsItsInstance) {
    WhoIsWho known;
    known.add("ip-10-0-0-7:812", {"i-1"});
    known.add("ip-10-0-0-7:812", {"i-1"}); // two containers with the host's network
    ASSERT_NE(known.find("ip-10-0-0-7:812"), nullptr);
    EXPECT_EQ(known.find("ip-10-0-0-7:812")->text, "i-1");
    EXPECT_EQ(known.find("ip-10-0-0-7:813"), nullptr);
}

TEST(WhoIsWho, ANameOfTwoInstancesIsNobodys) {
    WhoIsWho known;
    known.add("localhost:1", {"i-1"});
    known.add("localhost:1", {"i-2"});
    known.add("localhost:1", {"i-1"});
    EXPECT_EQ(known.find("localhost:1"), nullptr);
}

} // namespace

} // namespace who_is_who_test
