// One history: a simulated world, its scenario events, the faults of AWS, the times when the
// monitor dies; all of it from one seed. run() plays it with the whole program against the whole
// sandbox, in simulated time, and records what promises.hpp checks.
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
// The other operator's commands address this environment.
inline constexpr const char* environment_of_others = "acme-workers";

// One operator's program, run again after it has died.
struct Monitor {
    MonitorClock clock;
    std::string action;
    bool second = false;
};

class KillableHttp;

class History {
public:
    explicit History(std::uint64_t seed);

    void run();

    bool has_faults() const; // of AWS or Slack
    bool is_eventful() const {
        return unusual || two_monitors || disturbed || runs.size() > 1 || has_faults();
    }

    // Slack is used by a bot's token, not by the webhook. This depends on the seed alone: a further
    // random draw would change the rest of the history.
    bool by_token() const { return seed % 3 == 0; }
    // Likewise: some of the environments are in another region, and one run acts on both.
    bool in_two_regions() const { return seed % 4 == 1; }
    std::string region_of(const std::string& environment) const;
    bool hides_status_document(const std::string& region) const; // the stack there has none
    // Likewise: the runs print JSON lines, as with --json, not lines for people.
    bool in_json() const { return seed / 12 % 2 == 1; }
    bool in_batches() const { return in_batches_; }
    std::vector<Span> outages() const; // times when a region was unreachable

    std::uint64_t seed;
    std::string action;
    Duration timeout{};
    std::map<std::string, Instant> appeared; // environments that were created during the history
    std::set<std::string> denied;            // instances for which IAM denies commands
    std::set<std::string> cancelled_alone;   // instances for which an operator cancelled a command
    std::set<std::string> partly_cancelled;  // the commands that were cancelled so
    // By region: when an operator cancelled a command.
    std::map<std::string, std::vector<Instant>> cancels;
    bool live_progress = false; // an operator watches the task at a terminal
    bool slack_has_faults = false;
    int aws_faults = 0; // the planned ones and those that were added during the history
    std::vector<Span> forgotten_commands; // because of a fault AWS said that it knows no command
    // Environments, instances, agents or commands could not be listed.
    std::vector<Span> failed_listings;
    std::vector<Span> unlisted_launches;     // EC2 did not list the instances
    std::vector<Span> unlisted_environments; // Elastic Beanstalk did not list the environments
    std::vector<Span> unread_results;        // SSM did not list the invocations
    std::vector<Span> wide_faults;           // SendCommand or all of AWS was unreachable
    std::optional<Instant> disturbed;        // the first change of an instance or its workers
    // Changes in the world, apart from those that the workers make themselves.
    std::vector<Instant> changes;
    std::set<std::string> commands_of_others;
    bool status_document_missing = false; // in all regions
    bool document_missing_there = false;  // in the other region
    bool two_monitors = false;            // a second operator's program runs at the same time
    bool unusual = false;                 // AWS is late, or something else is unusual
    std::vector<InstanceLifetime> lifetimes;
    std::vector<Run> runs;
    std::vector<TimedLine> notes;
    std::vector<StartedScript> started;

private:
    struct ScenarioEvent {
        Instant at{};
        std::function<void(Instant)> what;
    };

    struct Outage {
        std::string region;
        Span span;
    };

    void populate();
    void add_faults();
    void record_fault(const std::string& text);
    void classify_answer(const Run& run, const std::string& what, const std::string& question,
                         const std::string& answer);
    bool conceals_commands(const std::string& what, const std::string& question,
                           const std::string& answer) const;
    void draw_unusual_conditions();
    void draw_unusual_condition();
    void make_lists_late();
    void make_tags_late();
    void keep_terminated_targets();
    std::string refused_token() const; // a fault; empty: none
    void make_pages_short();
    void lose_tags();
    void make_answers_stale();
    void scale_in(); // a moment before the first run
    std::optional<snow_white::aws::Error> refuse_send(const sandbox::Json& request,
                                                      const std::string& region);
    void prepare(); // plays what happened before the first run
    void leave_stale_quiet();
    void leave_stale_wake();
    void cancel_in_flight(Instant now);
    void lose_processes(std::size_t lifetime, Instant now);
    void replace_environment(Instant now);
    void set_reachable(const std::string& id, Instant now, bool reachable);
    std::vector<InstanceAtEnd> snapshot(const std::string& asked);
    bool environments_are_ready();
    std::vector<std::string> regions() const;
    void plan_scenario_events();
    void plan_scenario_event(Duration when);
    void disturb_verification();
    void plan_outage(Instant from); // a region, for a while
    bool is_unreachable(const std::string& region) const;
    void plan_end_of_monitor();

    InstanceTraits draw_traits();
    SimulatedInstance::OnStart script_recorder(const std::string& id,
                                               const std::shared_ptr<InstanceModel>& model);
    std::string launch(std::string environment, Instant now, bool settled); // returns its ID
    void terminate(std::size_t lifetime, Instant now);
    void stop_and_start(std::size_t lifetime, Instant now);
    void lose_agent(std::size_t lifetime, Instant now);
    void update_agent(std::size_t lifetime, Instant now);
    void deploy(const std::string& environment, Instant now);
    std::string create_environment(Instant now); // returns its name
    void end_environment(const std::string& environment, Instant now);
    std::vector<std::string> environments_there();
    std::string call(const std::string& service, sandbox::Headers headers, std::string body);
    std::string call_ssm(const std::string& action_of_ssm, const sandbox::Json& parameters);
    void send_by_other(const std::string& script, Instant now);
    void record_commands_of_others();
    void send_by_other_to(const std::string& script, const sandbox::Json& targets, Instant now);

    void at(Instant when, std::function<void(Instant)> what);
    void play_events_until(Instant now);
    void note(Instant when, std::string text);
    void record_change(Instant when, std::string text); // a note about a change in the world
    void change(const std::string& id,
                const std::function<void(sandbox::Instance&)>& what); // while the instance exists
    void set_status(const std::string& environment, const std::string& status);
    std::string region_of_instance(const std::string& id) const;

    void play(Monitor& monitor); // until it ends by itself
    void play_two();
    void run_once(Monitor& monitor);
    void connect(KillableHttp& http, Monitor& monitor, Run& run);
    bool handle_call(Run& run, const std::string& what, const snow_white::HttpRequest& request);
    void handle_answer(Monitor& monitor, Run& run, const std::string& what,
                       const snow_white::HttpRequest& request, snow_white::HttpResult& answer);
    snow_white::Environment environment_of(const Monitor& monitor) const;
    std::vector<std::string> slack_messages();
    void record_end(const Monitor& monitor, Run& run);
    void pause(Monitor& monitor, Run& run);
    void step_clock(Monitor& monitor);

    Random random_;
    SimulatedClock clock_;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    std::vector<ScenarioEvent> scenario_events_; // the latest first
    bool is_over_ = false;                       // the last run has ended
    std::vector<Outage> outages_;
    // Numbers of the call at which a run dies, one for each such run.
    std::vector<int> kills_at_calls_;
    std::optional<Instant> sigterm_;
    std::int64_t disturbed_verifications_ = 0; // how many are still to come
    int launched_ = 0;
    Instant run_begun_{};                 // of the latest run
    bool calm_ = false;                   // nothing goes wrong
    std::vector<Span> forgetting_faults_; // a fault may make AWS say that it knows no command
    std::vector<Span> lasting_faults_;    // a fault without an end hits SendCommand or all calls
    bool stale_command_ = false;          // SSM still shows an older command as in progress
    bool cancelled_before_ = false;       // a command was cancelled a moment before the first run
    // Instances are terminated just before a SendCommand names them.
    bool refuses_ids_ = false;
    std::int64_t send_refusals_ = 0; // how many are still to come
    std::optional<Span> send_refusal_;
    std::int64_t kind_of_refusal_ = 0;
    bool in_batches_ = false;
    bool late_lists_ = false;
    Duration list_lag_{};        // EC2 lists an instance by tag this long after its launch
    Duration tag_lag_{};         // SSM knows an instance's tags this long after its launch
    bool keeps_targets_ = false; // a terminated instance stays a target of its tags for an hour
    bool crashes_ = false;       // workers lose their processes, instances their commands
    std::optional<int> pause_at_call_;
    std::map<std::string, int> lists_asked_;
};

} // namespace simulation
