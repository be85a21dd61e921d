// The order of a progress snapshot: who holds the run up comes first.
#include "src/drain/model/progress_snapshot.hpp"
#include "tests/unit/fixed_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace progress_snapshot_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using test::noon;
using testing::ElementsAre;
using testing::SizeIs;

UnfinishedInstance unfinished(const std::string& id, Outcome outcome, Instant since,
                              std::optional<int> jobs = {}) {
    UnfinishedInstance one{.id = {id}, .environment = "acme", .outcome = outcome, .since = since};
    if (jobs) one.last_count = JobCount{*jobs, noon};
    return one;
}

std::vector<std::string> ids_after_trim(ProgressSnapshot snapshot) {
    trim(snapshot);
    std::vector<std::string> ids;
    for (const auto& one : snapshot.unfinished)
        ids.push_back(one.id.text);
    return ids;
}

TEST(ProgressSnapshot, WhoHoldsItUpComesFirst) {
    ProgressSnapshot snapshot;
    snapshot.unfinished = {unfinished("unknown", Outcome::pending, noon),
                           unfinished("no job", Outcome::pending, noon, 0),
                           unfinished("1 job", Outcome::pending, noon + 1s, 1),
                           unfinished("7 jobs", Outcome::pending, noon + 5s, 7),
                           unfinished("1 job, longer", Outcome::pending, noon, 1),
                           unfinished("failed", Outcome::failed, noon + 2s),
                           unfinished("lost", Outcome::unreachable, noon + 1s)};
    EXPECT_THAT(ids_after_trim(snapshot), ElementsAre("lost", "failed", "7 jobs", "1 job, longer",
                                                      "1 job", "no job", "unknown"));
}

// Ages that read the same do not order anything: the ids do.
TEST(ProgressSnapshot, FractionsOfASecondDoNotCount) {
    ProgressSnapshot snapshot;
    snapshot.unfinished = {unfinished("i-3", Outcome::pending, noon + 100ms),
                           unfinished("i-1", Outcome::pending, noon + 900ms),
                           unfinished("i-2", Outcome::pending, noon + 500ms)};
    EXPECT_THAT(ids_after_trim(snapshot), ElementsAre("i-1", "i-2", "i-3"));
}

TEST(ProgressSnapshot, TroubleIsNotCutOff) {
    ProgressSnapshot snapshot;
    for (int i = 0; i < 60; ++i)
        snapshot.unfinished.push_back(unfinished("fine", Outcome::pending, noon, 3));
    snapshot.unfinished.push_back(unfinished("lost", Outcome::unreachable, noon + 9min));
    const auto ids = ids_after_trim(snapshot);
    EXPECT_THAT(ids, SizeIs(ProgressSnapshot::most_unfinished));
    EXPECT_EQ(ids.front(), "lost");
}

} // namespace

} // namespace progress_snapshot_test
