// The live progress: what people see of it, what it costs, and that the drain does the same without
// it. The numbers are those of src/drain/progress/progress_poller.hpp and docs/operations.md.
#include "src/report/json/json_reporter.hpp"
#include "src/report/json/progress_json.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tuple>

namespace progress_poller_test {

namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LiveProgress : public testing::Test {
protected:
    std::vector<ProgressSnapshot> reported() const {
        std::vector<ProgressSnapshot> all;
        for (const auto& event : fake.events)
            if (const auto* snapshot = std::get_if<ProgressSnapshot>(&event))
                all.push_back(*snapshot);
        return all;
    }

    Report run_with_live_progress() { return fake.run({.live_progress = true}); }

    // Each instance runs this many jobs until its command ends.
    void run_jobs(int jobs) {
        fake.override_answer = [this, jobs](const Effect&) -> std::optional<Response> {
            for (auto& host : fake.hosts)
                host.status = clock.now() < begun + host.script_duration
                                  ? line("status", "done", "quiet", jobs)
                                  : line("status", "done", "idle");
            return std::nullopt;
        };
    }

    // Answers the poller's calls made before the first command can have ended.
    template <class EffectType>
    void answer_poller_with(tl::expected<typename EffectType::Answer, CallFailure> answer) {
        fake.override_answer = [this, answer](const Effect& effect) -> std::optional<Response> {
            const auto* asked = std::get_if<EffectType>(&effect);
            if (asked == nullptr || clock.now() >= begun + 1h) return std::nullopt;
            if constexpr (std::is_same_v<EffectType, SendCommand>)
                if (asked->spec.purpose == Purpose::act) return std::nullopt;
            ++faults;
            return Answered<EffectType>{answer};
        };
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
    int faults = 0;
};

TEST_F(LiveProgress, ShowsWhoHasFinishedAndHowManyJobsRun) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 1h;
    run_jobs(3);
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    EXPECT_EQ(reported().back().all, (EnvironmentProgress{.instances = 2, .as_asked = 2}));
    ProgressSnapshot meanwhile;
    for (const auto& snapshot : reported())
        if (snapshot.counted > 0) meanwhile = snapshot;
    EXPECT_EQ(
        meanwhile.environments,
        std::vector{(EnvironmentProgress{.name = "acme-workers", .instances = 2, .as_asked = 1})});
    EXPECT_EQ(meanwhile.jobs, 3);
    ASSERT_THAT(meanwhile.unfinished, SizeIs(1));
    EXPECT_EQ(meanwhile.unfinished[0].id.text, "i-2");
    EXPECT_LT(meanwhile.unfinished[0].since, begun + 5s);
    EXPECT_EQ(meanwhile.unfinished[0].last_count->jobs, 3);
}

// It takes jobs again, and gets the command again: its first end does not count any more.
TEST_F(LiveProgress, ShowsTheLatestCommandOfAnInstance) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 5h;
    fake.override_answer = [this](const Effect&) -> std::optional<Response> {
        const bool is_awake = fake.sent(Purpose::act).size() < 2;
        fake.hosts[0].status =
            line("status", "done", is_awake ? "running" : "quiet", is_awake ? 1 : 0);
        return std::nullopt;
    };
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    int sent = 0;
    std::optional<ProgressSnapshot> after;
    for (const auto& event : fake.events) {
        const auto* started = std::get_if<CommandStarted>(&event);
        if (started != nullptr && started->spec.purpose == Purpose::act) ++sent;
        const auto* snapshot = std::get_if<ProgressSnapshot>(&event);
        if (snapshot != nullptr && sent == 2 && !after) after = *snapshot;
    }
    ASSERT_TRUE(after);
    EXPECT_EQ(after->all, (EnvironmentProgress{.instances = 2, .as_asked = 0}));
}

TEST_F(LiveProgress, ShowsTheStages) {
    fake.add("i-1");
    run_with_live_progress();
    std::vector<Stage> stages;
    for (const auto& snapshot : reported())
        if (stages.empty() || stages.back() != snapshot.stage) stages.push_back(snapshot.stage);
    EXPECT_THAT(stages, ElementsAre(Stage::discovering, Stage::waiting, Stage::verifying));
}

TEST_F(LiveProgress, CostsNothingWhenDisabled) {
    fake.add("i-1").script_duration = 1h;
    fake.run({});
    EXPECT_THAT(reported(), IsEmpty());
    EXPECT_EQ(fake.count<CollectResults>(),
              3U); // of the action, once early and at its end, and of the verification
    EXPECT_THAT(fake.sent(Purpose::verify), SizeIs(1));
}

// The additional calls: all but the progress, the changes and what the drain itself needs at both
// ends.
TEST_F(LiveProgress, CostsNoMoreThanDocumented) {
    for (int i = 0; i < 400; ++i)
        fake.add(fmt::format("i-{:03}", i)).script_duration =
            4s * i; // all within half an hour: none is verified again
    const Instant start = clock.now();
    std::vector<Instant> readings;
    std::vector<std::pair<Instant, std::size_t>> askings;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<CollectResults>(effect)) readings.push_back(clock.now());
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && !send->spec.instances.empty())
            askings.emplace_back(clock.now(), send->spec.instances.size());
        return std::nullopt;
    };
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    const auto minutes = static_cast<std::size_t>((clock.now() - start) / 1min);
    // 400 instances have eight pages: one reading in 40 s, and up to three of the answers to each
    // status command.
    EXPECT_LE(readings.size(), minutes * 60 / 40 + 3 * askings.size() + 3);
    std::size_t asked = 0;
    for (const auto& [at, instances] : askings) {
        EXPECT_LE(instances, 5U);
        asked += instances;
    }
    EXPECT_GE(askings.size(), 2U);
    EXPECT_LE(asked, minutes / 3 + 5);
}

// The instance downloads nothing for it: fifty at a time, each half minute.
TEST_F(LiveProgress, AsksMoreOftenWhereDocumentsCarryTheScript) {
    fake.documents_carry_script = true;
    for (int i = 0; i < 60; ++i)
        fake.add(fmt::format("i-{:02}", i)).script_duration = 10min;
    std::vector<std::pair<Instant, std::size_t>> askings;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && !send->spec.instances.empty())
            askings.emplace_back(clock.now(), send->spec.instances.size());
        return std::nullopt;
    };
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    ASSERT_GE(askings.size(), 15U);
    EXPECT_LE(askings.size(), 20U);
    EXPECT_EQ(askings.front().second, 50U);
    for (std::size_t i = 1; i < askings.size(); ++i) {
        EXPECT_EQ(askings[i].second, 50U);
        EXPECT_GE(askings[i].first - askings[i - 1].first, 30s);
    }
    std::size_t most_counted = 0;
    for (const auto& snapshot : reported())
        most_counted = std::max(most_counted, static_cast<std::size_t>(snapshot.counted));
    EXPECT_EQ(most_counted, 60U) << "those whose answer is the oldest first";
}

TEST_F(LiveProgress, ReadsNothingAgainWhileNothingChanges) {
    fake.add("i-1").script_duration = 10h;
    Config plan{.has_status_document = false, .live_progress = true};
    fake.run(plan);
    EXPECT_LE(fake.count<CollectResults>(), 4U);
}

TEST_F(LiveProgress, EmitsNothingAgainForUnlistedCommands) {
    fake.add("i-1").script_duration = 2h;
    answer_poller_with<CollectResults>(std::vector<CommandResults>{});
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    EXPECT_GT(faults, 0);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(LiveProgress, ADeniedCallIsMadeOnce) {
    fake.add("i-1").script_duration = 2h;
    answer_poller_with<CollectResults>(
        tl::unexpected(CallFailure{CallFailure::Kind::denied, "AccessDenied"}));
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    EXPECT_EQ(faults,
              2); // by the poller, and once by the drain itself, which also reads them early
}

// Either the poller or the drain: without live progress the drain's own call is left.
TEST_F(LiveProgress, ADeniedCallIsMadeOnceByTheDrainAlone) {
    fake.add("i-1").script_duration = 2h;
    answer_poller_with<CollectResults>(
        tl::unexpected(CallFailure{CallFailure::Kind::denied, "AccessDenied"}));
    EXPECT_EQ(fake.run({}).verdict, Verdict::done);
    EXPECT_EQ(faults, 1);
}

TEST_F(LiveProgress, TheDrainGoesOnAsWithoutIt) {
    const auto drained = [](bool live_progress) {
        FakeClock time;
        FakeFleet fleet{time};
        for (int i = 0; i < 20; ++i)
            fleet.add(fmt::format("i-{:02}", i)).script_duration = 7min * i;
        fleet.add("i-late").launched = time.now() + 40min;
        const auto report = fleet.run({.live_progress = live_progress});
        return std::tuple{report.verdict, report.elapsed, report.instances.size(),
                          fleet.sent(Purpose::act).size(), fleet.count<PollProgress>()};
    };
    EXPECT_EQ(drained(true), drained(false));
}

TEST_F(LiveProgress, ADeniedStatusCommandIsTriedOnce) {
    fake.add("i-1").script_duration = 2h;
    answer_poller_with<SendCommand>(
        tl::unexpected(CallFailure{CallFailure::Kind::denied, "AccessDenied"}));
    EXPECT_EQ(run_with_live_progress().verdict, Verdict::done);
    EXPECT_EQ(faults, 1);
}

TEST_F(LiveProgress, AnOutageOfItDelaysNothing) {
    fake.add("i-1").script_duration = 30min;
    answer_poller_with<CollectResults>(
        tl::unexpected(CallFailure{CallFailure::Kind::unavailable, "HTTP 503"}));
    fake.override_answer = [this, fault = fake.override_answer](const Effect& effect) {
        return clock.now() > begun + 29min ? std::nullopt : fault(effect);
    };
    const auto report = run_with_live_progress();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(faults, 20);
    EXPECT_LT(report.elapsed, 31min);
}

TEST_F(LiveProgress, AWakeIsNotPolledForJobs) {
    fake.add("i-1").script_duration = 5min;
    fake.hosts[0].output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    fake.run({.action = Action::wake, .live_progress = true});
    for (const auto& order : fake.sent(Purpose::verify))
        EXPECT_THAT(order.instances, IsEmpty());
}

TEST_F(LiveProgress, AFailedInstanceIsNamed) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::failed;
    host.output = "no";
    fake.add("i-2").script_duration = 1h;
    run_with_live_progress();
    bool named = false;
    for (const auto& snapshot : reported())
        for (const auto& straggler : snapshot.unfinished)
            named = named || (straggler.id.text == "i-1" && straggler.outcome == Outcome::failed);
    EXPECT_TRUE(named);
}

// --- through a task's log

ProgressSnapshot large() {
    ProgressSnapshot snapshot{.action = Action::stop,
                              .stage = Stage::waiting,
                              .begun = Instant{1'800'000'000'000ms},
                              .deadline = Instant{1'800'021'600'000ms},
                              .completed = 1999,
                              .targeted = 2000,
                              .all = {.instances = 2001, .as_asked = 1900, .gone = 1},
                              .omitted_environments = 7,
                              .jobs = 12345,
                              .counted = 20};
    for (std::size_t i = 0; i < ProgressSnapshot::most_environments; ++i)
        snapshot.environments.push_back(
            {std::string(38, 'e') + fmt::format("{:02}", i), 2000, 1000, 1000});
    for (std::size_t i = 0; i < ProgressSnapshot::most_unfinished; ++i)
        snapshot.unfinished.push_back({{fmt::format("i-{:017}", i)},
                                       std::string(40, 'e'),
                                       Outcome::unreachable,
                                       snapshot.begun,
                                       JobCount{12345, snapshot.begun + 1min}});
    snapshot.unfinished.back().last_count.reset();
    snapshot.unfinished.back().environment.clear();
    return snapshot;
}

std::string logged(const ProgressSnapshot& snapshot) {
    std::vector<snow_white::report::JsonEvent> events;
    snow_white::report::json_events(snapshot, {},
                                    [&events](const auto& event) { events.push_back(event); });
    return snow_white::report::in_json(events.at(0), snapshot.begun);
}

TEST(LoggedSnapshot, SurvivesARoundTrip) {
    EXPECT_EQ(snow_white::report::parse_snapshot(logged(large())), large());
    EXPECT_EQ(snow_white::report::parse_snapshot(logged({})), ProgressSnapshot{});
}

TEST(LoggedSnapshot, HasTheJobsByNameAndHowManyThereAreOfEachClass) {
    ProgressSnapshot snapshot = large();
    snapshot.sidekiq = {.source = SidekiqView::Source::read, .jobs = 5};
    snapshot.sidekiq.longest = {{"ReportJob", "default", "ab12", snapshot.begun, "i-1"}};
    snapshot.sidekiq.classes = {{"ImportJob", 4}, {"ReportJob", 1}};
    const auto parsed = snow_white::report::parse_snapshot(logged(snapshot));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->sidekiq, snapshot.sidekiq);
}

TEST(LoggedSnapshot, FitsALineOfSixteenKilobytes) {
    EXPECT_LT(logged(large()).size(), 16'000U);
}

TEST(LoggedSnapshot, OtherTextIsAnOrdinaryLine) {
    const std::string whole = logged(large());
    const auto with = [&whole](const std::string& old, const std::string& other) {
        std::string text = whole;
        text.replace(text.find(old), old.size(), other);
        return text;
    };
    for (const auto& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
          std::string("2026 {}"), whole.substr(0, 900), with("\"standing\"", "\"noted\""),
          with("1999", "-1"), with("1999", "0.5"), with("1999", "1e99"), with("1999", "\"x\""),
          with("\"as_asked\":1900", "\"as_asked\":3000"), with("unreachable", "fine"),
          with("waiting", "resting"), with("2027-01-15T14", "soon")})
        EXPECT_EQ(snow_white::report::parse_snapshot(text), std::nullopt) << text.substr(0, 300);
}

} // namespace

} // namespace progress_poller_test
