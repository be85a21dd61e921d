// One history: a world, what happens in it, which faults AWS has, when the monitor dies; all of it
// from one seed. run() plays it with the whole program against the whole sandbox, in simulated
// time, and remembers what promises.hpp needs to judge it.
#pragma once

#include "sandbox/server/sandbox.hpp"
#include "tests/simulation/records.hpp"
#include "tests/simulation/simulated_clock.hpp"

#include "src/aws/result.hpp"
#include "src/base/environment.hpp"

#include <set>

namespace simulation {

inline constexpr const char* other_region = "eu-west-1";
inline const std::vector<std::string> environment_names{"acme-workers", "acme-workers-2",
                                                        "acme-mail-workers"};
inline constexpr const char* comment_of_others = "sent by another operator";
inline constexpr const char* environment_of_others =
    "acme-workers"; // another operator's commands go there

// One operator's program, run again when it has died.
struct Monitor {
    SimulatedClock clock;
    std::string action;
    bool second = false;
};

class Wire;

class History {
public:
    explicit History(std::uint64_t seed);

    void run();

    bool has_faults() const; // of AWS or Slack
    bool is_eventful() const {
        return odd || two_monitors || disturbed || runs.size() > 1 || has_faults();
    }

    // Slack is told by a bot's token, not by the webhook: by the seed itself, so that the rest of
    // the history stays.
    bool by_token() const { return seed % 3 == 0; }
    // The same: some of the environments are in another region, and one run is for both.
    bool in_two_regions() const { return seed % 4 == 1; }
    std::string region_of(const std::string& environment) const;
    // Its runs tell what happens as --json does, not in lines for people: the same.
    bool in_json() const { return seed / 12 % 2 == 1; }
    bool in_batches() const { return in_batches_; }
    std::vector<Span> outages() const; // a region was out of reach

    std::uint64_t seed;
    std::string action;
    Duration timeout{};
    std::map<std::string, Instant> appeared; // environments that were created meanwhile
    std::set<std::string> denied;            // instances that nobody may command
    std::set<std::string> cancelled_alone;   // instances for which an operator cancelled a command
    std::set<std::string> partly_cancelled;  // these commands
    std::map<std::string, std::vector<Instant>>
        cancels;                // by region: when an operator cancelled a command
    bool live_progress = false; // somebody waits for the task at a terminal
    bool slack_has_faults = false;
    int aws_faults = 0;            // that were planned; and those that came meanwhile
    std::vector<Span> aws_forgets; // a fault made it say that it knows no command
    std::vector<Span>
        blind_spans; // environments, instances, agents or commands could not be listed
    std::vector<Span> unseen_launches;     // EC2 did not list the instances
    std::vector<Span> unseen_environments; // Elastic Beanstalk did not list them
    std::vector<Span> unread_results;      // SSM did not list its invocations
    std::vector<Span> wide_faults;         // SendCommand or all of AWS was out of reach
    std::optional<Instant> disturbed; // since when something has changed an instance or its workers
    std::vector<Instant> changes;     // in the world, but for the workers' own turns
    std::set<std::string> commands_of_others;
    bool status_document_missing = false; // everywhere
    bool document_missing_there = false;  // in the other region
    bool two_monitors = false;            // a second operator's program runs at the same time
    bool odd = false;                     // AWS is late, or something else is unusual
    std::vector<Life> lives;
    std::vector<Run> runs;
    std::vector<Line> timeline;
    std::vector<Started> started;

private:
    struct Happening {
        Instant at{};
        std::function<void(Instant)> what;
    };

    struct Outage {
        std::string region;
        Span span;
    };

    void populate();
    void add_faults();
    void remember_fault(const std::string& text);
    void consider_answer(const Run& run, const std::string& what, const std::string& question,
                         const std::string& answer);
    bool conceals_commands(const std::string& what, const std::string& question,
                           const std::string& answer) const;
    void draw_oddities();
    void draw_oddity();
    void make_lists_late();
    void make_tags_late();
    void keep_terminated_targets();
    void make_pages_short();
    void lose_tags();
    void make_answers_old();
    void scale_in(); // a moment before the first run
    std::optional<snow_white::aws::Error> refuse_send(const sandbox::Json& request,
                                                      const std::string& region);
    void prepare(); // what happened before the first run
    void leave_stale_quiet();
    void leave_stale_wake();
    void cancel_in_flight(Instant now);
    void lose_processes(std::size_t life, Instant now);
    void replace_environment(Instant now);
    bool hides_status_document(const std::string& region) const;
    void set_reach(const std::string& id, Instant now, bool reachable);
    std::vector<AtEnd> snapshot(const std::string& asked);
    bool environments_are_ready();
    std::vector<std::string> regions() const;
    void plan_happenings();
    void plan_happening(Duration when);
    void happen_at_a_sweep();
    void be_out_of_reach(Instant from); // a region, for a while
    bool is_out_of_reach(const std::string& region) const;
    void plan_end_of_monitor();

    Character draw_character();
    SimulatedInstance::OnStart hears_scripts_of(const std::string& id,
                                                const std::shared_ptr<InstanceModel>& model);
    std::string launch(std::string environment, Instant now, bool settled); // its id
    void terminate(std::size_t life, Instant now);
    void stop_and_start(std::size_t life, Instant now);
    void lose_agent(std::size_t life, Instant now);
    void update_agent(std::size_t life, Instant now);
    void deploy(const std::string& environment, Instant now);
    std::string create_environment(Instant now); // its name
    void end_environment(const std::string& environment, Instant now);
    std::vector<std::string> environments_there();
    std::string ask(const std::string& service, sandbox::Headers headers, std::string body);
    std::string ask_ssm(const std::string& action_of_ssm, const sandbox::Json& parameters);
    void others_send(const std::string& script, Instant now);
    void remember_commands_of_others();
    void others_send_to(const std::string& script, const sandbox::Json& targets, Instant now);

    void at(Instant when, std::function<void(Instant)> what);
    void happen_until(Instant now);
    void note(Instant when, std::string text);
    void happens(Instant when, std::string text); // a note of what changes the world
    void change(const std::string& id,
                const std::function<void(sandbox::Instance&)>& what); // while it lives
    void set_status(const std::string& environment, const std::string& status);
    std::string region_of_instance(const std::string& id) const;

    void play(Monitor& monitor); // until it ends by itself
    void play_two();
    void run_once(Monitor& monitor);
    void connect(Wire& wire, Monitor& monitor, Run& run);
    bool take_call(Run& run, const std::string& what, const snow_white::HttpRequest& request);
    void take_answer(Monitor& monitor, Run& run, const std::string& what,
                     const snow_white::HttpRequest& request, snow_white::HttpResult& answer);
    snow_white::Environment environment_of(const Monitor& monitor) const;
    std::vector<std::string> slack_messages();
    void remember_end(const Monitor& monitor, Run& run);
    void pause(Monitor& monitor, Run& run);
    void step_clock(Monitor& monitor);

    Chance chance_;
    WorldClock clock_;
    std::unique_ptr<sandbox::Sandbox> box_;
    std::vector<Happening> happenings_; // the latest first
    bool is_over_ = false;              // the last run has ended
    std::vector<Outage> outages_;
    std::vector<int> deaths_; // call numbers, each of one run
    std::optional<Instant> sigterm_;
    std::int64_t disturbed_sweeps_ = 0; // still to come
    int launched_ = 0;
    Instant run_begun_{};              // the latest
    bool calm_ = false;                // nothing goes wrong
    std::vector<Span> forgetful_;      // a fault may make AWS say that it knows no command
    std::vector<Span> lasting_faults_; // a fault without an end strikes SendCommand or all of AWS
    bool stale_command_ = false;       // an older command is still open in SSM
    bool cancelled_before_ = false;    // one was cancelled a moment before
    bool refuses_ids_ = false;         // instances that are about to be told are terminated
    std::int64_t send_refusals_ = 0;   // still to come
    std::optional<Span> send_refusal_;
    std::int64_t kind_of_refusal_ = 0;
    bool in_batches_ = false;
    bool late_lists_ = false;
    Duration young_{};           // EC2's lists show an instance so long after its launch
    Duration tag_lag_{};         // SSM knows its tags so long after its launch
    bool keeps_targets_ = false; // a terminated instance stays a target of its tags for an hour
    bool crashes_ = false;       // workers lose their processes, instances their commands
    std::optional<int> pause_at_call_;
    std::map<std::string, int> lists_asked_;
};

} // namespace simulation
