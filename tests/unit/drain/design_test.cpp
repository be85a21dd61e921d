// Compares what docs/ says of the state machine with the code: the diagram with the transitions
// that random drains take, the tables of outcomes and exit codes with the enums.
#include "src/report/names.hpp"
#include "src/report/text/summary.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <array>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace design_test {

namespace {

using namespace test;

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string name_of(const Step& step) {
    if (std::holds_alternative<Finish>(step.effect)) return "[*]";
    struct Name {
        std::string operator()(const Discover&) const { return "discover"; }
        std::string operator()(const Adopt&) const { return "adopt"; }
        std::string operator()(const Send& send) const { return of(send.purpose, "send"); }
        std::string operator()(const Wait& wait) const { return of(wait.purpose, "wait"); }
        std::string operator()(const Collect& collect) const {
            return of(collect.purpose, "collect");
        }
        std::string operator()(const AwaitPeers&) const { return "await_peers"; }
        std::string operator()(const Confirm&) const { return "confirm"; }
        static std::string of(Purpose purpose, const std::string& name) {
            return purpose == Purpose::verify ? "verify_" + name : name;
        }
    };
    return std::visit(Name{}, step.state.phase);
}

// Lines such as "discover --> adopt" of the Mermaid diagram.
std::set<std::string> drawn() {
    std::set<std::string> edges;
    std::istringstream lines(text_of("docs/design.md"));
    for (std::string line; std::getline(lines, line);)
        if (const auto arrow = line.find(" --> "); arrow != std::string::npos) {
            const auto begin = line.find_first_not_of(' ');
            const auto end = line.find_first_of(" :", arrow + 5);
            edges.insert(line.substr(begin, end == std::string::npos ? end : end - begin));
        }
    return edges;
}

class RandomFaults {
public:
    explicit RandomFaults(unsigned seed)
        : random_(seed), fault_in_(std::array{12U, 60U, 5'000U}[seed % 3]) {
        for (unsigned i = 0; i <= random_() % 4; ++i)
            settle(world_.add(fmt::format("i-{}", i)));
        world_.override_answer = [this](const Effect& effect) { return fault(effect); };
        if (random_() % 8 == 0) world_.environments.clear();
        has_lost_document_ = random_() % 6 == 0;
        if (random_() % 8 == 0)
            uncounted_from_ = clock_.now() + std::chrono::seconds(random_() % 300);
        if (random_() % 4 == 0) deploy_at(clock_.now() + std::chrono::seconds(random_() % 600));
        if (random_() % 3 == 0)
            world_.in_flight = {
                {.id = {"theirs"}, .environments = {"acme-workers"}, .instances = {}}};
        hides_found_ = !world_.in_flight.empty() && random_() % 3 == 0;
    }

    void run(std::set<std::string>& edges) {
        Config config{.started = clock_.now(),
                      .timeout = 1h,
                      .has_status_document = random_() % 5 != 0,
                      .reads_sidekiq = random_() % 2 == 0,
                      .multi_region = random_() % 4 == 0};
        Step step = initial_step(config);
        const auto began = clock_.elapsed();
        if (random_() % 6 == 0) clock_.interrupt_at(clock_.now() + 30s);
        std::string before = "[*]";
        for (;;) {
            const std::string after = name_of(step);
            if (after != before) edges.insert(before + " --> " + after);
            before = after;
            if (std::holds_alternative<Finish>(step.effect)) return;
            Response response = world_.answer(step.effect);
            step = reduce(std::move(step.state), std::move(response),
                          {clock_.now(), clock_.elapsed() - began}, clock_.interrupted());
        }
    }

private:
    void settle(FakeFleet::Host& host) {
        // With long ones drains seldom reach their verification.
        const auto longest = random_() % 2 == 0 ? 9000U : 60U;
        host.script_duration = std::chrono::seconds(random_() % longest);
        if (random_() % 4 == 0)
            host.launched = clock_.now() + std::chrono::seconds(random_() % 900);
        if (random_() % 6 == 0) host.status = line("status", "done", "running", 1);
        if (random_() % 8 == 0) host.agent = fleet::Agent::lost;
        if (random_() % 8 == 0) host.agent = fleet::Agent::absent;
        if (random_() % 8 == 0) host.status = "nonsense";
        if (random_() % 3 == 0) host.status_duration = 40s;
    }

    void deploy_at(Instant begin) {
        clock_.on_wait = [this, begin](Instant now) {
            for (auto& environment : world_.environments)
                environment.status = now > begin && now < begin + 5min ? "Updating" : "Ready";
        };
    }

    std::optional<Response> fault(const Effect& effect) {
        if (std::holds_alternative<AwaitBarrier>(effect))
            return Answered<AwaitBarrier>{random_() % 3 != 0 ? AwaitBarrier::Answer::released
                                                             : AwaitBarrier::Answer::not_yet};
        if (uncounted_from_ && std::holds_alternative<PollProgress>(effect) &&
            clock_.now() > *uncounted_from_ && clock_.now() < *uncounted_from_ + 10min)
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "chaos"});
        if (std::holds_alternative<CollectResults>(effect) && std::exchange(hides_found_, false))
            return FakeFleet::fail(effect, {CallFailure::Kind::refused, "chaos"});
        // The monitor is suspended beyond its deadline.
        if (std::holds_alternative<FindInFlightCommands>(effect) && random_() % 60 == 0)
            clock_.advance(2h);
        const auto* send = std::get_if<SendCommand>(&effect);
        if (has_lost_document_ && send != nullptr && send->spec.purpose == Purpose::verify)
            return FakeFleet::fail(effect, {CallFailure::Kind::absent, "chaos"});
        // Once every instance has got the command, so that a failing send has no other effect to
        // wait for.
        if (send != nullptr && send->spec.purpose == Purpose::act && ++sends_ > 1 &&
            random_() % 6 == 0)
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "chaos"});
        const bool never_fails = std::holds_alternative<Sleep>(effect) ||
                                 std::holds_alternative<PollFleetChanges>(effect);
        if (never_fails || random_() % fault_in_ != 0) return std::nullopt;
        using Kind = CallFailure::Kind;
        static constexpr std::array of_any{Kind::absent, Kind::denied, Kind::refused,
                                           Kind::unavailable};
        static constexpr std::array of_a_send{Kind::absent,  Kind::denied,
                                              Kind::refused, Kind::unavailable,
                                              Kind::lost,    Kind::invalid_target};
        const Kind kind = send != nullptr ? of_a_send[random_() % of_a_send.size()]
                                          : of_any[random_() % of_any.size()];
        return FakeFleet::fail(effect, {kind, "chaos"});
    }

    FakeClock clock_;
    FakeFleet world_{clock_};
    std::mt19937 random_;
    std::uint32_t fault_in_;   // one call in this many fails
    bool hides_found_ = false; // hides what a found command has done
    int sends_ = 0;
    std::optional<Instant>
        uncounted_from_; // for ten minutes SSM does not list the counts of its commands
    // an operator deletes the status document while the drain goes on
    bool has_lost_document_ = false;
};

TEST(Design, TheDiagramHasTheTransitionsThatDrainsTake) {
    std::set<std::string> taken;
    for (unsigned seed = 1; seed <= 3000; ++seed)
        RandomFaults(seed).run(taken);
    std::vector<std::string> undrawn, untaken;
    const auto all = drawn();
    std::ranges::set_difference(taken, all, std::back_inserter(undrawn));
    std::ranges::set_difference(all, taken, std::back_inserter(untaken));
    EXPECT_THAT(undrawn, testing::IsEmpty());
    EXPECT_THAT(untaken, testing::IsEmpty());
}

TEST(Design, EachOutcomeIsInTheManual) {
    const std::string manual = text_of("docs/operations.md");
    for (int i = 0; !snow_white::report::text_for(static_cast<Outcome>(i)).empty(); ++i)
        if (const auto outcome = static_cast<Outcome>(i); outcome != Outcome::done) {
            EXPECT_THAT(manual, testing::HasSubstr(fmt::format(
                                    "\n| {} |", snow_white::report::text_for(outcome))));
        }
}

} // namespace

} // namespace design_test
