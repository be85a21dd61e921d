#include "sandbox/world/simulated_host.hpp"

#include "sandbox/world/document_step.hpp"
#include "sandbox/world/simulated_workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace sandbox {

struct SimulatedHost::Model {
    SimulatedOptions options;
    SimulatedWorkers workers{options};
    int boots = 0;
    int drops = 0; // of what it ran
    Instant booted{};
    std::optional<Instant> halted;
};

namespace {

using Model = SimulatedHost::Model;

constexpr Duration script_time{200};
constexpr Duration restart_time{2'000};
constexpr Duration boot_time{2'000}; // until the agent is there again
constexpr Duration download_time{100};
constexpr int killed = 137;

// Only the download's own step says why it failed, and the agent runs the next step all the same.
// The words are those of go-github, which the agent passes on (amazon-ssm-agent,
// agent/plugins/downloadcontent).
constexpr const char* rate_limited =
    "GET https://api.github.com/repos/acme/snow-white/contents/ssm/snow-white-instance.sh: 403 API "
    "rate limit exceeded for 203.0.113.7. [rate reset in 12m08s]\n";
constexpr const char* not_run =
    "snow-white: ssm/snow-white-instance.sh is not there, or its SHA-256 is not the one asked for; "
    "nothing was run\n";

struct Result {
    std::string outcome;
    int exit_code = 0;
    std::string note;
};

// A document's steps, one after the other; how long each takes is known when it begins.
class SimulatedRun : public DocumentRun {
public:
    SimulatedRun(std::shared_ptr<Model> model, Json content, Json parameters, Instant now)
        : model_(std::move(model)), content_(std::move(content)),
          parameters_(std::move(parameters)) {
        begin(now);
    }

    bool finished(Instant now) override {
        if (!done_ && is_dropped()) return false;
        if (!done_ && model_->boots != boots_) begin(model_->booted);
        if (!done_ && now >= ends_) complete();
        return done_;
    }

    bool is_dropped() const override { return model_->drops != drops_; }

    // The script dies; what it told the workers stays told.
    void cancel() override {
        if (!done_ && !action_.empty()) steps_[script_at_].exit_code = killed;
        done_ = true;
    }

    const std::vector<StepResult>& steps() const override { return steps_; }

private:
    void begin(Instant at) {
        boots_ = model_->boots;
        drops_ = model_->drops;
        steps_.clear();
        ends_ = at;
        for (const auto& step : content_.value("mainSteps", Json::array())) {
            const std::string action = script_action(step, parameters_);
            ends_ = action.empty() ? plain_step(step, ends_) : script_step(step, action, ends_);
        }
    }

    StepResult& add_step(const Json& step, Instant begin, Instant end) {
        return steps_.emplace_back(StepResult{.name = step.value("name", ""),
                                              .action = step.value("action", ""),
                                              .started = begin,
                                              .ended = end});
    }

    static void fail(StepResult& step, int exit_code) {
        step.exit_code = exit_code;
        // The agent's own words at the end of the error stream.
        if (exit_code != 0)
            step.standard_error += fmt::format("failed to run commands: exit status {}", exit_code);
    }

    Instant plain_step(const Json& step, Instant at) {
        StepResult& result = add_step(step, at, at + download_time);
        if (result.action == "aws:downloadContent" && misses_script()) {
            result.exit_code = 1;
            result.standard_error = rate_limited;
        } else if (result.action != "aws:downloadContent") {
            result.standard_error = "a simulated instance can run snow-white-instance.sh only\n";
            fail(result, 1);
        }
        return result.ended;
    }

    Instant script_step(const Json& step, const std::string& action, Instant at) {
        action_ = action;
        script_at_ = steps_.size();
        const Instant end = act(at);
        const Instant limit = at + step_timeout(step);
        add_step(step, at, std::min(end, limit)).timed_out = end > limit;
        return steps_.back().ended;
    }

    bool misses_script() const { return model_->options.fault == Fault::no_download; }

    // Does what the script does at its start; answers when the script will have seen what it waits
    // for.
    Instant act(Instant at) {
        SimulatedWorkers& workers = model_->workers;
        already_ = action_ != "status" && workers.holds(action_, at);
        if (model_->options.fault == Fault::fails || misses_script() || workers.empty())
            return at + script_time;
        if (action_ == "wake") {
            all_woken_ = workers.wake(at);
            return at + restart_time;
        }
        if (action_ == "status") return at + script_time;
        workers.quiet(at);
        return std::max(at + script_time, workers.drained(at));
    }

    Result result() const {
        if (model_->options.fault == Fault::fails)
            return {"failed", 1, "this simulated instance was told to fail"};
        if (model_->workers.empty())
            return {"no-worker", action_ == "status" ? 0 : 3, "no Sidekiq process was found"};
        if (!all_woken_) return {"busy", 4, "a worker still runs a job and was not restarted"};
        return {"done", 0, ""};
    }

    void complete() {
        done_ = true;
        if (action_.empty()) return;
        StepResult& step = steps_[script_at_];
        if (step.timed_out) {
            step.exit_code = killed;
            return;
        }
        if (misses_script()) {
            step.standard_error = not_run;
            return fail(step, 1);
        }
        const Result answer = result();
        if (action_ == "stop" && answer.exit_code == 0) model_->workers.stop(step.ended);
        nlohmann::ordered_json line = {
            {"snow_white", 1}, {"action", action_}, {"outcome", answer.outcome}};
        if (already_ && answer.outcome == "done") line["already"] = true;
        line["note"] = answer.note;
        line["workers"] = model_->workers.describe(action_, step.ended);
        step.standard_output = line.dump() + "\n";
        fail(step, answer.exit_code);
    }

    std::shared_ptr<Model> model_;
    Json content_;
    Json parameters_;
    int boots_ = 0; // of the instance, when this began
    int drops_ = 0;
    std::vector<StepResult> steps_;
    std::string action_; // empty when the document does not run the script
    std::size_t script_at_ = 0;
    bool all_woken_ = true;
    bool already_ = false; // it held before the script did anything
    bool done_ = false;
    Instant ends_{};
};

} // namespace

SimulatedHost::SimulatedHost(SimulatedOptions options)
    : model_(std::make_shared<Model>(Model{.options = std::move(options)})) {}

std::unique_ptr<DocumentRun> SimulatedHost::run(const Json& content, const Json& parameters,
                                                const std::string&, Instant now) {
    return std::make_unique<SimulatedRun>(model_, content, parameters, now);
}

void SimulatedHost::boot(Instant now) {
    ++model_->boots;
    model_->booted = now + boot_time;
    model_->halted.reset();
    model_->workers.boot(now);
}

void SimulatedHost::halt(Instant now) {
    model_->halted = now;
}

void SimulatedHost::drop_documents() {
    ++model_->drops;
}

std::string SimulatedHost::hostname() const {
    return model_->options.hostname;
}

Json SimulatedHost::workers(Instant now) {
    return model_->workers.describe("", now);
}

std::vector<BeatOfProcess> SimulatedHost::beats(Instant now) const {
    return model_->workers.beats(std::min(now, model_->halted.value_or(now)));
}

const SidekiqRelease& SimulatedHost::release() const {
    return *model_->options.release;
}

} // namespace sandbox
