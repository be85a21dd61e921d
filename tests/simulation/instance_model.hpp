// One simulated instance with random jobs, and the true state of its workers at any time. The
// scripts behave as ssm/snow-white-instance.sh, which tests/instance observes on booted instances.
// quiet and stop send their signal once, quiet again any worker that restarts while they run, and
// end two heartbeats after the last job's end. wake restarts idle workers. status looks once; a
// title that it reads may be one heartbeat old.
#pragma once

#include "sandbox/world/host.hpp"
#include "tests/simulation/random.hpp"

#include <functional>
#include <set>

namespace simulation {

using snow_white::Duration;
using snow_white::Instant;

inline constexpr Duration heartbeat = std::chrono::seconds{10}; // of Sidekiq 7 and 8
inline constexpr Duration boot_time = std::chrono::seconds{15};

// absent: no process, between two starts.
enum class WorkerState { booting, running, quiet, stopped, absent };

// What a worker does from `from` on.
struct WorkerPeriod {
    Instant from{};
    WorkerState state = WorkerState::running;
    std::vector<Instant> job_ends; // of a quiet worker
};

struct InstanceTraits {
    int workers = 1;
    Duration longest_job{60'000};
    bool never_ends = false;   // one job never ends
    bool script_fails = false; // it answers `failed`
    bool line_lost = false;    // SSM never shows its line
    bool old_script = false;   // status does not list a worker that has no process
};

class InstanceModel {
public:
    InstanceModel(InstanceTraits traits, std::uint64_t seed, Instant booted);

    // True if every worker is, at that time, in the state that the action promises.
    bool is_as_asked(const std::string& action, Instant at) const;
    // The times in [from, to] at which that may have changed.
    std::vector<Instant> change_times(Instant from, Instant to) const;
    bool runs_action() const {
        return !running_actions_.empty();
    } // the script of an action runs there now
    bool runs_action(const std::string& action) const { return running_actions_.contains(action); }
    const InstanceTraits& traits() const { return traits_; }
    // The status command's answer names the scripts that run there.
    bool says_what_runs() const { return !traits_.old_script && !traits_.line_lost; }

    // A crash or systemctl restart: new processes, which take jobs.
    void restart_workers(Instant now);
    // A deploy by EB's engine: it stops every unit, installs the release and the units, and starts
    // them, also those that were stopped before (tests/instance/test_elastic_beanstalk.py observes
    // it on booted instances).
    void redeploy(Instant now, Instant until);
    // A crash: some workers have no process until then.
    void lose_processes(Instant now, Instant until);
    void reboot(Instant now);      // new processes, and every script is killed
    void restart_agent();          // every script is killed, and SSM does not learn of it
    void make_quiet(Instant when); // quieted long ago, and idle

private:
    friend class ScriptRun;

    const WorkerPeriod& period_at(std::size_t worker, Instant at) const;
    void set_period(std::size_t worker,
                    WorkerPeriod period); // replaces what was planned after `era.from`
    void start(std::size_t worker,
               Instant at); // a new process; a quiet or stop script that runs there quiets it again
    std::vector<Instant> draw_jobs(Instant now);
    void quiet(Instant now);
    bool wake(Instant now); // false: a worker runs a job and was not restarted
    void stop(Instant now);
    Instant drained(Instant now) const;
    Instant awake(Instant now) const; // when the last booting worker takes jobs
    bool has_process(Instant now) const;
    nlohmann::json describe(Instant now, bool stale);

    InstanceTraits traits_;
    Random random_;
    std::vector<std::vector<WorkerPeriod>> workers_;
    int generation_ = 0;                         // number of boots
    int agent_generation_ = 0;                   // number of agent starts, without those at a boot
    std::multiset<std::string> running_actions_; // the actions of the scripts that run there
    bool quieting_ = false;                      // a script keeps the workers quiet
    bool woken_ = false;                         // a wake came while it did
};

// The model as a host of the sandbox. Calls `on_start` for each script that starts, before it does
// anything.
class SimulatedInstance : public sandbox::Host {
public:
    using OnStart =
        std::function<void(const std::string& action, const std::string& command, Instant now)>;

    SimulatedInstance(std::shared_ptr<InstanceModel> model, OnStart on_start);

    std::unique_ptr<sandbox::DocumentRun> run(const sandbox::Json& content,
                                              const sandbox::Json& parameters,
                                              const std::string& command_id, Instant now) override;
    std::string hostname() const override { return "ip-10-0-0-1.ec2.internal"; }
    sandbox::Json workers(Instant) override { return sandbox::Json::array(); }

private:
    std::shared_ptr<InstanceModel> model_;
    OnStart on_start_;
};

} // namespace simulation
