#include "tests/simulation/instance_model.hpp"

#include "sandbox/world/document_step.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::Json;

namespace {

constexpr int threads = 5;

} // namespace

InstanceModel::InstanceModel(InstanceTraits traits, std::uint64_t seed, Instant booted)
    : traits_(traits), random_(seed), workers_(static_cast<std::size_t>(traits.workers)) {
    for (auto& periods : workers_)
        periods = {{booted, WorkerState::booting, {}},
                   {booted + boot_time, WorkerState::running, {}}};
}

const WorkerPeriod& InstanceModel::period_at(std::size_t worker, Instant at) const {
    const auto& periods = workers_[worker];
    const auto after = std::ranges::upper_bound(periods, at, {}, &WorkerPeriod::from);
    return after == periods.begin() ? periods.front() : *std::prev(after);
}

void InstanceModel::set_period(std::size_t worker, WorkerPeriod period) {
    auto& periods = workers_[worker];
    std::erase_if(periods,
                  [&period](const WorkerPeriod& other) { return other.from >= period.from; });
    periods.push_back(std::move(period));
}

std::vector<Instant> InstanceModel::draw_jobs(Instant now) {
    std::vector<Instant> ends;
    for (auto left = random_.between(0, threads); left > 0; --left)
        ends.push_back(now + random_.between(Duration{0}, traits_.longest_job));
    if (traits_.never_ends) ends.push_back(Instant::max());
    return ends;
}

bool InstanceModel::is_as_asked(const std::string& action, Instant at) const {
    if (workers_.empty()) return false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerPeriod& period = period_at(i, at);
        const bool idle =
            period.state == WorkerState::quiet &&
            std::ranges::all_of(period.job_ends, [at](Instant end) { return end <= at; });
        const bool holds = action == "wake"   ? period.state == WorkerState::running
                           : action == "stop" ? period.state == WorkerState::stopped
                                              : idle || period.state == WorkerState::stopped;
        if (!holds) return false;
    }
    return true;
}

std::vector<Instant> InstanceModel::change_times(Instant from, Instant to) const {
    std::vector<Instant> change_times;
    const auto add = [&](Instant at) {
        if (at >= from && at <= to) change_times.push_back(at);
    };
    for (const auto& periods : workers_)
        for (const auto& period : periods) {
            add(period.from);
            for (const Instant end : period.job_ends)
                add(end);
        }
    return change_times;
}

void InstanceModel::start(std::size_t worker, Instant at) {
    set_period(worker, {at, WorkerState::booting, {}});
    set_period(worker, {at + boot_time, WorkerState::running, {}});
    const Instant up = at + boot_time + 1s;
    if (quieting_) set_period(worker, {up, WorkerState::quiet, draw_jobs(up)});
}

void InstanceModel::restart_workers(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (period_at(i, now).state == WorkerState::stopped) continue; // its unit is stopped
        start(i, now);
    }
}

void InstanceModel::lose_processes(Instant now, Instant until) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (period_at(i, now).state == WorkerState::stopped || (i > 0 && i % 2 == 0)) continue;
        set_period(i, {now, WorkerState::absent, {}});
        start(i, until);
    }
}

void InstanceModel::redeploy(Instant now, Instant until) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        set_period(i, {now, WorkerState::absent, {}});
        start(i, until);
    }
}

bool InstanceModel::has_process(Instant now) const {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        if (period_at(i, now).state != WorkerState::absent) return true;
    return false;
}

Instant InstanceModel::awake(Instant now) const {
    Instant end = now;
    for (const auto& periods : workers_)
        if (periods.back().state == WorkerState::running) end = std::max(end, periods.back().from);
    return end;
}

void InstanceModel::reboot(Instant now) {
    ++generation_;
    running_actions_.clear();
    quieting_ = false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        set_period(i, {now, WorkerState::booting, {}});
        set_period(i, {now + 2 * boot_time, WorkerState::running, {}});
    }
}

void InstanceModel::restart_agent() {
    ++agent_generation_;
    running_actions_.clear();
    quieting_ = false;
}

void InstanceModel::make_quiet(Instant when) {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        set_period(i, {when, WorkerState::quiet, {}});
}

void InstanceModel::quiet(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerState state = period_at(i, now).state;
        if (state == WorkerState::running) set_period(i, {now, WorkerState::quiet, draw_jobs(now)});
        // A worker that boots is signalled only when it takes jobs.
        const Instant up = workers_[i].back().from + 1s;
        if (state == WorkerState::booting || state == WorkerState::absent)
            set_period(i, {up, WorkerState::quiet, draw_jobs(up)});
    }
}

bool InstanceModel::wake(Instant now) {
    bool all = true;
    if (quieting_) woken_ = true;
    quieting_ = false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerPeriod& period = period_at(i, now);
        const bool busy =
            std::ranges::any_of(period.job_ends, [now](Instant end) { return end > now; });
        if (period.state == WorkerState::quiet && busy) all = false;
        if (period.state == WorkerState::stopped || (period.state == WorkerState::quiet && !busy)) {
            set_period(i, {now, WorkerState::booting, {}});
            set_period(i, {now + boot_time, WorkerState::running, {}});
        }
    }
    return all;
}

void InstanceModel::stop(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        set_period(i, {now, WorkerState::stopped, {}});
}

Instant InstanceModel::drained(Instant now) const {
    Instant end = now;
    for (const auto& periods : workers_) {
        const WorkerPeriod& last = periods.back();
        if (last.state != WorkerState::quiet && last.state != WorkerState::stopped)
            return Instant::max();
        end = std::max(end, last.from);
        for (const Instant job : last.job_ends)
            end = std::max(end, job);
    }
    return end;
}

Json InstanceModel::describe(Instant now, bool stale) {
    Json list = Json::array();
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const WorkerPeriod& period = period_at(i, now);
        if (period.state == WorkerState::absent && traits_.old_script) continue;
        // Sidekiq writes a title once per heartbeat: it shows the jobs of that time.
        const Instant seen = std::max(
            period.from, now - (stale ? random_.between(Duration{0}, heartbeat) : Duration{0}));
        const auto busy =
            std::ranges::count_if(period.job_ends, [seen](Instant end) { return end > seen; });
        static constexpr const char* words[] = {"booting", "running", "quiet", "stopped",
                                                "booting"};
        const bool down =
            period.state == WorkerState::stopped || period.state == WorkerState::absent;
        list.push_back({{"pid", down ? 0 : 800 + static_cast<int>(i)},
                        {"unit", "worker.service"},
                        {"version", down ? "" : "7.3.0"},
                        {"busy", period.state == WorkerState::running ? 3 : busy},
                        {"of", down ? 0 : threads},
                        {"state", words[static_cast<int>(period.state)]}});
    }
    return list;
}

} // namespace simulation
