#include "sandbox/world/simulated_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox {

using snow_white::Duration;
using snow_white::Instant;

namespace {

constexpr const char* sidekiq_version = "6.4.1";
constexpr int threads = 5;
constexpr int busy_threads = 3; // how many jobs a worker runs while it takes jobs
constexpr Duration look_time{200};
constexpr Duration restart_time{2'000};
constexpr Duration download_time{100};
constexpr int killed = 137;

struct Worker {
    enum class State { running, quiet, stopped };
    int pid = 0;
    std::string unit;
    State state = State::running;
    Instant quieted{};
};

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string substituted(std::string line, const Json& parameters) {
    for (const auto& [name, values] : parameters.items()) {
        const std::regex place("\\{\\{\\s*" + name + "\\s*\\}\\}");
        line = std::regex_replace(line, place, values.empty() ? "" : text_of(values[0]));
    }
    return line;
}

// The word after the script's name in the step's commands; empty when the script is not run there.
std::string wanted_action(const Json& step, const Json& parameters) {
    static const std::regex call(R"(snow-white-instance\.sh["']?\s+["']?(quiet|wake|stop|status)\b)");
    for (const auto& line : step.value("/inputs/runCommand"_json_pointer, Json::array())) {
        const std::string text = substituted(text_of(line), parameters);
        std::smatch found;
        if (std::regex_search(text, found, call)) return found[1];
    }
    return {};
}

// As in the agent: under 5, over 172,800 or not a number is 3,600.
Duration timeout_of(const Json& step) {
    const std::string text = text_of(step.value("/inputs/timeoutSeconds"_json_pointer, Json("3600")));
    const bool number =
        !text.empty() && text.size() < 9 &&
        std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
    const int seconds = number ? std::stoi(text) : 0;
    return std::chrono::seconds(seconds >= 5 && seconds <= 172'800 ? seconds : 3600);
}

} // namespace

struct SimulatedHost::Model {
    SimulatedOptions options;
    std::vector<Worker> workers;
    int next_pid = 812;

    explicit Model(SimulatedOptions the_options) : options(std::move(the_options)) {
        const bool pair = options.layout == Layout::pair;
        const int count = options.layout == Layout::web ? 0 : pair ? 2 : 1;
        for (int i = 0; i < count; ++i)
            workers.push_back({.pid = new_pid(), .unit = pair ? "worker.service" : "sidekiq.service"});
    }

    int new_pid() { return std::exchange(next_pid, next_pid + 7); }

    // Job `n` of those that a worker ran when it was quieted ends then; the last one at this instance's
    // share.
    Instant job_end(const Worker& worker, int n) const {
        const auto share = options.drain * (options.number + 1) / std::max<std::size_t>(options.count, 1);
        return worker.quieted + std::chrono::duration_cast<Duration>(share) * (n + 1) / busy_threads;
    }

    int busy(const Worker& worker, Instant now) const {
        if (worker.state == Worker::State::stopped) return 0;
        if (worker.state == Worker::State::running || options.fault == Fault::never_ends) return busy_threads;
        int running = 0;
        for (int n = 0; n < busy_threads; ++n)
            if (job_end(worker, n) > now) ++running;
        return running;
    }

    // When every job has ended, if no worker is told anything more.
    Instant drained(Instant now) const {
        Instant end = now;
        for (const auto& worker : workers)
            if (worker.state == Worker::State::quiet) end = std::max(end, job_end(worker, busy_threads - 1));
        return options.fault == Fault::never_ends && !workers.empty() ? Instant::max() : end;
    }

    void quiet(Instant now) {
        for (auto& worker : workers) {
            if (worker.state != Worker::State::running) continue;
            worker.state = Worker::State::quiet;
            worker.quieted = now;
        }
    }

    void stop() {
        for (auto& worker : workers) {
            worker.state = Worker::State::stopped;
            worker.pid = 0;
        }
    }

    // Restarts what is idle or stopped; true when nothing had to be left as it was.
    bool wake(Instant now) {
        bool all = true;
        for (auto& worker : workers) {
            if (worker.state == Worker::State::running) continue;
            if (busy(worker, now) > 0) {
                all = false;
                continue;
            }
            worker.state = Worker::State::running;
            worker.pid = new_pid();
        }
        return all;
    }

    std::string state_word(const Worker& worker, Instant now) const {
        if (worker.state == Worker::State::stopped) return "stopped";
        if (worker.state == Worker::State::running) return "running";
        return busy(worker, now) > 0 ? "quiet" : "idle";
    }

    Json describe(Instant now) const {
        Json list = Json::array();
        for (const auto& worker : workers)
            list.push_back({{"pid", worker.pid},
                            {"unit", worker.unit},
                            {"version", worker.state == Worker::State::stopped ? "" : sidekiq_version},
                            {"busy", busy(worker, now)},
                            {"of", worker.state == Worker::State::stopped ? 0 : threads},
                            {"state", state_word(worker, now)}});
        return list;
    }
};

namespace {

using Model = SimulatedHost::Model;

struct Result {
    std::string outcome;
    int exit_code = 0;
    std::string note;
};

// What the script promises for an action, once its time has come.
class SimulatedRun : public DocumentRun {
public:
    SimulatedRun(std::shared_ptr<Model> model, const Json& content, const Json& parameters, Instant now)
        : model_(std::move(model)) {
        Instant at = now;
        for (const auto& step : content.value("mainSteps", Json::array())) {
            const std::string action = wanted_action(step, parameters);
            if (action.empty())
                at = plain_step(step, at);
            else
                at = script_step(step, action, at);
        }
        ends_ = at;
    }

    bool finished(Instant now) override {
        if (done_) return true;
        if (now < ends_) return false;
        complete();
        return true;
    }

    void cancel() override {
        if (done_) return;
        done_ = true;
        for (auto& step : steps_)
            step.ended = std::max(step.started, std::min(step.ended, ends_));
        if (!script_.empty()) steps_[script_at_].exit_code = killed;
    }

    const std::vector<StepResult>& steps() const override { return steps_; }

private:
    StepResult& add_step(const Json& step, Instant begin, Instant end) {
        StepResult result;
        result.name = step.value("name", "");
        result.action = step.value("action", "");
        result.started = begin;
        result.ended = end;
        return steps_.emplace_back(std::move(result));
    }

    Instant plain_step(const Json& step, Instant at) {
        StepResult& result = add_step(step, at, at + download_time);
        if (result.action == "aws:downloadContent") {
            result.standard_output = "Content downloaded to the command's folder\n";
        } else {
            result.exit_code = 1;
            result.standard_error = "a simulated instance runs snow-white-instance.sh only\n"
                                    "failed to run commands: exit status 1";
        }
        return result.ended;
    }

    Instant script_step(const Json& step, const std::string& action, Instant at) {
        script_ = action;
        script_at_ = steps_.size();
        Instant end = at + look_time;
        if (model_->options.fault == Fault::fails || model_->workers.empty()) {
            // answers after one look
        } else if (action == "quiet" || action == "stop") {
            model_->quiet(at);
            end = std::max(end, model_->drained(at));
        } else if (action == "wake") {
            woken_ = model_->wake(at);
            end = at + restart_time;
        }
        const Instant limit = at + timeout_of(step);
        StepResult& result = add_step(step, at, std::min(end, limit));
        result.timed_out = end > limit;
        return result.ended;
    }

    Result result() const {
        if (model_->options.fault == Fault::fails)
            return {"failed", 1, "the simulated instance was told to fail"};
        if (model_->workers.empty())
            return {"no-worker", script_ == "status" ? 0 : 3, "no Sidekiq process was found"};
        if (script_ == "wake" && !woken_)
            return {"busy", 4, "a worker still runs a job and was not restarted"};
        return {"done", 0, ""};
    }

    void complete() {
        done_ = true;
        if (script_.empty()) return;
        StepResult& step = steps_[script_at_];
        if (step.timed_out) {
            step.exit_code = killed;
            return;
        }
        const Result answer = result();
        if (script_ == "stop" && answer.exit_code == 0) model_->stop();
        step.exit_code = answer.exit_code;
        const Json line = {{"snow_white", 1},
                           {"action", script_},
                           {"outcome", answer.outcome},
                           {"note", answer.note},
                           {"workers", model_->describe(step.ended)}};
        step.standard_output = line.dump() + "\n";
        if (answer.exit_code != 0)
            step.standard_error = fmt::format("failed to run commands: exit status {}", answer.exit_code);
    }

    std::shared_ptr<Model> model_;
    std::vector<StepResult> steps_;
    std::string script_; // the action; empty when the document does not run the script
    std::size_t script_at_ = 0;
    bool woken_ = true;
    bool done_ = false;
    Instant ends_{};
};

} // namespace

SimulatedHost::SimulatedHost(SimulatedOptions options)
    : model_(std::make_shared<Model>(std::move(options))) {}

std::unique_ptr<DocumentRun> SimulatedHost::run(const Json& content, const Json& parameters,
                                                const std::string&, Instant now) {
    return std::make_unique<SimulatedRun>(model_, content, parameters, now);
}

std::string SimulatedHost::hostname() const {
    return model_->options.hostname;
}

Json SimulatedHost::workers(Instant now) {
    return model_->describe(now);
}

} // namespace sandbox
