// One simulated instance with jobs of chance, and the truth about it at any time. The scripts'
// behaviour is that of ssm/snow-white-instance.sh, as tests/instance sees it on booted ones: quiet
// and stop signal once, quiet again what comes back awake while they run, and end two beats after
// the last job; wake restarts who is idle; status looks once, and what it sees of a title is up to
// a beat old.
#pragma once

#include "sandbox/world/host.hpp"
#include "tests/simulation/chance.hpp"

#include <functional>
#include <set>

namespace simulation {

using snow_white::Duration;
using snow_white::Instant;

enum class Doing {
    booting,
    running,
    quiet,
    stopped,
    absent
}; // absent: no process, between two starts

// What a worker does from one moment on.
struct Era {
    Instant from{};
    Doing doing = Doing::running;
    std::vector<Instant> job_ends; // of one that is quiet
};

struct Character {
    int workers = 1;
    Duration longest_job{60'000};
    bool never_ends = false;   // one job goes on for ever
    bool script_fails = false; // it answers `failed`
    bool mute = false;         // its line never arrives
    bool old_script = false;   // status does not list a worker that has no process
};

class InstanceModel {
public:
    InstanceModel(Character character, std::uint64_t seed, Instant booted);

    // Does every worker do, at that time, what the action promises?
    bool is_as_asked(const std::string& action, Instant at) const;
    // When that may have changed, in [from, to].
    std::vector<Instant> turns(Instant from, Instant to) const;
    bool acts() const { return !acting_.empty(); } // a script that acts runs there now
    bool acts(const std::string& action) const { return acting_.contains(action); }
    const Character& character() const { return character_; }
    // The status command's answer tells which scripts act there.
    bool says_what_runs() const { return !character_.old_script && !character_.mute; }

    void restart_workers(Instant now); // a crash, systemctl restart: new processes, awake
    // A deploy by EB's engine: it stops every unit, puts the release and the units in place, and
    // starts them, also those that were stopped before (tests/instance/test_elastic_beanstalk.py
    // has it on booted instances).
    void redeploy(Instant now, Instant until);
    // A crash: some of them have no process until then.
    void lose_processes(Instant now, Instant until);
    void reboot(Instant now);        // the same, and every script dies
    void restart_agent();            // every script dies, and nobody hears of it
    void put_to_sleep(Instant when); // quieted long ago, and idle

private:
    friend class ScriptRun;

    const Era& era_of(std::size_t worker, Instant at) const;
    void enter(std::size_t worker, Era era); // from its time on; what was to come later is not
    void start(std::size_t worker,
               Instant at); // a new process; the script that acts there quiets it again
    std::vector<Instant> draw_jobs(Instant now);
    void quiet(Instant now);
    bool wake(Instant now); // false: somebody is busy and was left alone
    void stop(Instant now);
    Instant drained(Instant now) const;
    Instant awake(Instant now) const; // when the last of those that boot takes jobs
    bool has_process(Instant now) const;
    nlohmann::json describe(Instant now, bool stale);

    Character character_;
    Chance chance_;
    std::vector<std::vector<Era>> workers_;
    int generation_ = 0;                // of boots
    int agent_generation_ = 0;          // of starts of the agent, but for those at a boot
    std::multiset<std::string> acting_; // the actions of the scripts that run there
    bool quieting_ = false;             // a script sees to it that they stay quiet
    bool woken_ = false;                // while it did
};

// The model as the sandbox's host; `on_start` hears of each script that starts, before it does
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
