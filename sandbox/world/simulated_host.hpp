// A model of one instance and its Sidekiq workers, so that ten thousand of them cost nothing. It
// reads from the document's `workers` step which action is wanted (quiet, wake, stop, status) and
// answers what snow-white-instance.sh would: the same instance line (docs/instance-line.md) and
// exit code.
//
// Time is what the caller says it is. Workers are busy until they are told to be quiet; their jobs
// have ended `drain` after that, the script's second look included.
#pragma once

#include "sandbox/world/host.hpp"
#include "sandbox/world/layout.hpp"
#include "sandbox/world/sidekiq_release.hpp"

namespace sandbox {

enum class Fault {
    none,
    fails,       // the script answers `failed` at once
    never_ends,  // its jobs go on for ever
    no_download, // GitHub refuses the script: the rate of its address is used up
};

struct SimulatedOptions {
    Layout layout = Layout::procfile;
    Duration drain{30'000};
    std::string hostname = "ip-10-0-0-1.ec2.internal";
    Fault fault = Fault::none;
    Instant up_since{}; // its services
    const SidekiqRelease* release = &default_release;
};

// One process of a simulated instance, by its latest beat: what it has written into Redis.
struct BeatOfProcess {
    int pid = 0;
    Instant started{};
    Instant beat{};
    bool quiet = false;
    std::vector<int> jobs; // numbers of those that it runs, the oldest first
};

class SimulatedHost : public Host {
public:
    explicit SimulatedHost(SimulatedOptions options);

    std::unique_ptr<DocumentRun> run(const Json& content, const Json& parameters,
                                     const std::string& command_id, Instant now) override;
    std::string hostname() const override;

    // The services start anew, with new jobs; documents under way begin again.
    void boot(Instant now);
    // The instance is gone from one moment to the next: its processes say no goodbye to Redis.
    void halt(Instant now);
    void drop_documents(); // nobody hears of those that run, nor of their end
    Json workers(Instant now) override;
    // Those that run, or ran when it was halted.
    std::vector<BeatOfProcess> beats(Instant now) const;
    const SidekiqRelease& release() const;

    struct Model;

private:
    std::shared_ptr<Model> model_; // shared with the runs: an instance may vanish under one
};

} // namespace sandbox
