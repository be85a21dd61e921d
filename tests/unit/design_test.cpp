// What docs/ says of the heart, held against the heart: the diagram against the transitions that random
// drains take, the tables of states and exit codes against the enums.
#include "src/cli/exit_code.hpp"
#include "src/report/summary.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <array>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace {

using namespace test;

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string name_of(const Step& step) {
    if (std::holds_alternative<Finish>(step.want)) return "[*]";
    static constexpr const char* phases[] = {"look", "join", "send", "wait", "read", "meet"};
    const bool sweeps = step.state.purpose == Purpose::verify && step.state.phase >= Phase::sending &&
                        step.state.phase != Phase::meeting;
    return (sweeps ? "sweep_" : "") + std::string(phases[static_cast<int>(step.state.phase)]);
}

// "look --> join" of the mermaid diagram.
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

class Chaos {
public:
    explicit Chaos(unsigned seed) : random_(seed), fault_in_(std::array{12U, 60U, 5'000U}[seed % 3]) {
        for (unsigned i = 0; i <= random_() % 4; ++i)
            settle(world_.add(fmt::format("i-{}", i)));
        world_.instead = [this](const Effect& effect) { return fault(want); };
        if (random_() % 8 == 0) world_.environments.clear();
        if (random_() % 3 == 0) world_.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
    }

    void run(std::set<std::string>& edges) {
        Config plan{.started = clock_.now(),
                  .deadline = clock_.now() + 1h,
                  .has_status_document = random_() % 5 != 0,
                  .live_progress = random_() % 2 == 0,
                  .multi_region = random_() % 4 == 0};
        Step step = begin(plan);
        if (random_() % 6 == 0) clock_.interrupt_at(clock_.now() + 30s);
        std::string before = "[*]";
        for (;;) {
            const std::string after = name_of(step);
            if (after != before) edges.insert(before + " --> " + after);
            before = after;
            if (std::holds_alternative<Finish>(step.want)) return;
            const Observation seen = world_.answer(step.want);
            step = next(std::move(step.state), seen, clock_.now(), clock_.interrupted());
        }
    }

private:
    void settle(FakeFleet::Host& host) {
        const auto longest = random_() % 2 == 0 ? 9000U : 60U; // long ones seldom come to their sweep
        host.takes = std::chrono::seconds(random_() % longest);
        if (random_() % 4 == 0) host.launched = clock_.now() + std::chrono::seconds(random_() % 900);
        if (random_() % 6 == 0) host.status = line("status", "done", "running", 1);
        if (random_() % 8 == 0) host.agent = fleet::Agent::lost;
        if (random_() % 8 == 0) host.agent = fleet::Agent::absent;
        if (random_() % 8 == 0) host.status = "nonsense";
        if (random_() % 3 == 0) host.answers = 20s;
    }

    std::optional<Response> fault(const Effect& effect) {
        if (std::holds_alternative<AwaitBarrier>(effect)) return Met{random_() % 3 != 0};
        if (std::holds_alternative<Sleep>(effect) || random_() % fault_in_ != 0) return std::nullopt;
        const bool sends = std::holds_alternative<SendCommand>(effect);
        const auto kind = static_cast<CallFailure::Kind>(random_() % (sends ? 5 : 4)); // lost: of a send only
        return Failed{kind, "chaos"};
    }

    FakeClock clock_;
    FakeFleet world_{clock_};
    std::mt19937 random_;
    std::uint32_t fault_in_; // so many calls
};

TEST(Design, TheDiagramIsWhatDrainsDo) {
    std::set<std::string> taken;
    for (unsigned seed = 1; seed <= 2000; ++seed)
        Chaos(seed).run(taken);
    EXPECT_EQ(taken, drawn());
}

TEST(Design, EachOutcomeIsInTheManual) {
    const std::string manual = text_of("docs/operations.md");
    for (const Outcome outcome : all_outcomes)
        if (outcome != Outcome::done) {
            EXPECT_THAT(manual,
                        testing::HasSubstr(fmt::format("\n| {} |", snow_white::report::words_for(outcome))));
        }
}

} // namespace
