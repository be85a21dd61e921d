// One history: a world, what happens in it, which faults AWS has, when the monitor dies; all of it from one
// seed. run() plays it with the whole program against the whole sandbox, in simulated time, and remembers
// what promises.hpp needs to judge it.
#pragma once

#include "sandbox/server/sandbox.hpp"
#include "tests/simulation/instance_model.hpp"
#include "tests/simulation/simulated_clock.hpp"

#include <set>

namespace simulation {

inline constexpr const char* other_region = "eu-west-1";
inline constexpr const char* environment_of_others = "acme-workers"; // another operator's commands go there

// An instance from its launch to its end.
struct Life {
    std::string id;
    std::string environment;
    Instant launched{};
    std::optional<Instant> ended; // it runs no more: stopped, or on its way to be terminated
    std::shared_ptr<InstanceModel> model;
};

// One run of the program, to its end or to its death.
struct Run {
    Instant begun{};
    Instant ended{};
    bool killed = false;     // as by kill -9
    bool terminated = false; // SIGTERM came
    int exit_code = -1;
    std::string out;
    std::vector<std::string> messages;
    // By region; Slack's not, and not the further pages of a listing.
    std::map<std::string, std::vector<Instant>> calls;
    std::size_t further_pages = 0;

    std::size_t all_calls() const {
        std::size_t all = further_pages;
        for (const auto& [region, made] : calls)
            all += made.size();
        return all;
    }
};

struct Line {
    Instant at{};
    std::string text;
};

class History {
public:
    explicit History(std::uint64_t seed);

    void run();

    bool has_faults() const; // of AWS or Slack
    bool is_eventful() const { return disturbed || others_act || runs.size() > 1 || has_faults(); }

    // Slack is told by a bot's token, not by the webhook: by the seed itself, so that the rest of the history
    // stays.
    bool by_token() const { return seed % 3 == 0; }
    // The same: some of the environments are in another region, and one run is for both.
    bool in_two_regions() const { return seed % 4 == 1; }
    std::string region_of(const std::string& environment) const;

    std::uint64_t seed;
    std::string action;
    Duration timeout{};
    bool looked_on = false; // somebody waits for the task at a terminal
    bool slack_has_faults = false;
    bool aws_forgets = false; // a fault makes it say that it knows no command
    bool disturbed = false;   // somebody or something changed an instance or its workers
    bool others_act = false;  // another operator's commands
    std::vector<Life> lives;
    std::vector<Run> runs;
    std::vector<Line> timeline;
    std::set<std::string> documents_sent; // by our program: their actions
    std::vector<std::string> doubled;     // instances told again while they were doing it

private:
    struct Happening {
        Instant at{};
        std::function<void(Instant)> what;
    };

    struct Outage {
        std::string region;
        Instant from{};
        Instant until{};
    };

    void populate();
    void add_faults();
    void plan_happenings();
    void plan_happening(Duration when);
    void happen_at_a_sweep();
    void be_out_of_reach(Instant from); // a region, for a while
    bool is_out_of_reach(const std::string& region) const;
    void plan_end_of_monitor();

    std::string launch(std::string environment, Instant now, bool settled); // its id
    void terminate(std::size_t life, Instant now);
    void stop_and_start(std::size_t life, Instant now);
    void lose_agent(std::size_t life, Instant now);
    void deploy(const std::string& environment, Instant now);
    void create_environment(Instant now);
    void end_environment(const std::string& environment, Instant now);
    std::vector<std::string> environments_there();
    std::string ask(const std::string& service, sandbox::Headers headers, std::string body);
    void others_send(const std::string& document, Instant now);

    void at(Instant when, std::function<void(Instant)> what);
    void happen_until(Instant now);
    void note(Instant when, std::string text);
    void change(const std::string& id, const std::function<void(sandbox::Instance&)>& what); // while it lives
    void set_status(const std::string& environment, const std::string& status);
    std::string region_of_instance(const std::string& id) const;

    void run_once();

    Chance chance_;
    SimulatedClock clock_;
    std::unique_ptr<sandbox::Sandbox> box_;
    std::vector<Happening> happenings_; // the latest first
    std::vector<Outage> outages_;
    std::vector<int> deaths_; // call numbers, each of one run
    std::optional<Instant> sigterm_;
    std::int64_t disturbed_sweeps_ = 0; // still to come
    int launched_ = 0;
};

} // namespace simulation
