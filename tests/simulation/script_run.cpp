// How ssm/snow-white-instance.sh runs on a simulated instance.
#include "sandbox/world/document_step.hpp"
#include "tests/simulation/instance_model.hpp"

namespace simulation {

using namespace std::chrono_literals;
using sandbox::Json;

namespace {

constexpr Duration download_time = 300ms;
constexpr Duration run_time = 500ms;
constexpr int killed = 137;

} // namespace

// A document on the instance: a download, then the script.
class ScriptRun : public sandbox::DocumentRun {
public:
    ScriptRun(std::shared_ptr<InstanceModel> model, const Json& content, const Json& parameters,
              Instant now)
        : model_(std::move(model)), generation_(model_->generation_),
          agent_generation_(model_->agent_generation_), begin_(now + download_time) {
        for (const auto& step : content.value("mainSteps", Json::array()))
            if (const std::string action = sandbox::script_action(step, parameters);
                !action.empty()) {
                action_ = action;
                limit_ = begin_ + sandbox::step_timeout(step);
            }
        if (is_action()) begin_action();
    }
    ~ScriptRun() override { unregister(); }

    bool finished(Instant now) override {
        if (!ended_) check_progress(now);
        return ended_;
    }
    void cancel() override {
        if (!ended_) end({}, killed, begin_);
    }
    bool is_dropped() const override { return agent_generation_ != model_->agent_generation_; }
    const std::vector<sandbox::StepResult>& steps() const override { return steps_; }

private:
    bool is_action() const { return action_ == "quiet" || action_ == "stop" || action_ == "wake"; }

    void begin_action() {
        model_->running_actions_.insert(action_);
        registered_ = true;
        if (model_->traits_.script_fails) return;
        if (action_ == "wake") {
            all_woken_ = model_->wake(begin_);
            return;
        }
        model_->woken_ = false;
        model_->quieting_ = true;
        model_->quiet(begin_);
    }

    void unregister() {
        if (!registered_ || generation_ != model_->generation_ || is_dropped()) return;
        registered_ = false;
        auto& acting = model_->running_actions_;
        acting.erase(acting.find(action_));
        if (!acting.contains("quiet") && !acting.contains("stop")) model_->quieting_ = false;
    }

    void check_progress(Instant now) {
        if (generation_ != model_->generation_) return end({}, killed, now); // the host rebooted
        if (is_dropped()) return;                                            // SSM waits for ever
        if (now < begin_ + run_time) return;
        if (now >= limit_) {
            end({}, killed, limit_);
            steps_.back().timed_out = true;
            return;
        }
        const bool old_status = model_->traits_.old_script && action_ == "status";
        const bool unlisted = old_status && !model_->has_process(now);
        const bool nobody = model_->workers_.empty() || unlisted;
        if (model_->traits_.script_fails && is_action()) return answer("failed", 1, now);
        if (nobody) return answer("no-worker", action_ == "status" ? 0 : 3, now);
        if (action_ == "status") return answer("done", 0, now);
        if (action_ == "wake") {
            if (now >= model_->awake(begin_ + boot_time) + 2s)
                answer(all_woken_ ? "done" : "busy", all_woken_ ? 0 : 4, now);
            return;
        }
        if (model_->woken_) return answer("failed", 1, now);
        const Instant drained = model_->drained(begin_);
        if (drained == Instant::max() || now < drained + heartbeat) return;
        if (action_ == "stop") model_->stop(now);
        answer("done", 0, now);
    }

    void answer(const std::string& outcome, int exit_code, Instant now) {
        Json line = {{"snow_white", 1},
                     {"action", action_},
                     {"outcome", outcome},
                     {"note", ""},
                     {"workers", model_->describe(now, action_ == "status")}};
        if (!model_->traits_.old_script) line["host"] = "ip-10-0-0-1";
        if (const Json others = other_scripts(); !others.empty()) line["scripts"] = others;
        const bool line_lost = model_->traits_.line_lost;
        end(line_lost ? "a long output, cut before its last line\n" : line.dump() + "\n", exit_code,
            now);
    }

    // The other scripts that run there; an older script does not report them.
    Json other_scripts() const {
        Json scripts = Json::array();
        if (model_->traits_.old_script) return scripts;
        auto others = model_->running_actions_;
        if (registered_) others.erase(others.find(action_));
        for (const auto& action : others)
            scripts.push_back({{"action", action}, {"pid", 77}});
        return scripts;
    }

    void end(const std::string& output, int exit_code, Instant now) {
        ended_ = true;
        unregister();
        sandbox::StepResult step{
            .name = "workers", .action = "aws:runShellScript", .exit_code = exit_code};
        step.standard_output = output;
        step.started = begin_;
        step.ended = now;
        steps_.push_back(step);
    }

    std::shared_ptr<InstanceModel> model_;
    int generation_;
    int agent_generation_;
    Instant begin_;
    Instant limit_ = Instant::max();
    std::string action_;
    std::vector<sandbox::StepResult> steps_;
    bool ended_ = false;
    bool registered_ = false;
    bool all_woken_ = true;
};

SimulatedInstance::SimulatedInstance(std::shared_ptr<InstanceModel> model, OnStart on_start)
    : model_(std::move(model)), on_start_(std::move(on_start)) {}

std::unique_ptr<sandbox::DocumentRun> SimulatedInstance::run(const Json& content,
                                                             const Json& parameters,
                                                             const std::string& command_id,
                                                             Instant now) {
    for (const auto& step : content.value("mainSteps", Json::array()))
        if (const std::string action = sandbox::script_action(step, parameters); !action.empty())
            on_start_(action, command_id, now);
    return std::make_unique<ScriptRun>(model_, content, parameters, now);
}

} // namespace simulation
