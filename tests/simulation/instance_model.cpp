#include "tests/simulation/instance_model.hpp"

#include "sandbox/world/document_step.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::Json;

namespace {

constexpr Duration beat = 10s; // of Sidekiq 7 and 8
constexpr Duration boot_time = 15s;
constexpr int threads = 5;

} // namespace

InstanceModel::InstanceModel(Character character, std::uint64_t seed, Instant booted)
    : character_(character), chance_(seed), workers_(static_cast<std::size_t>(character.workers)) {
    for (auto& eras : workers_)
        eras = {{booted, Doing::booting, {}}, {booted + boot_time, Doing::running, {}}};
}

const Era& InstanceModel::era_of(std::size_t worker, Instant at) const {
    const auto& eras = workers_[worker];
    const auto after = std::ranges::upper_bound(eras, at, {}, &Era::from);
    return after == eras.begin() ? eras.front() : *std::prev(after);
}

void InstanceModel::enter(std::size_t worker, Era era) {
    auto& eras = workers_[worker];
    std::erase_if(eras, [&era](const Era& other) { return other.from >= era.from; });
    eras.push_back(std::move(era));
}

std::vector<Instant> InstanceModel::draw_jobs(Instant now) {
    std::vector<Instant> ends;
    for (auto left = chance_.between(0, threads); left > 0; --left)
        ends.push_back(now + chance_.between(Duration{0}, character_.longest_job));
    if (character_.never_ends) ends.push_back(Instant::max());
    return ends;
}

bool InstanceModel::is_as_asked(const std::string& action, Instant at) const {
    if (workers_.empty()) return false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Era& era = era_of(i, at);
        const bool idle =
            era.doing == Doing::quiet &&
            std::ranges::all_of(era.job_ends, [at](Instant end) { return end <= at; });
        const bool holds = action == "wake"   ? era.doing == Doing::running
                           : action == "stop" ? era.doing == Doing::stopped
                                              : idle || era.doing == Doing::stopped;
        if (!holds) return false;
    }
    return true;
}

std::vector<Instant> InstanceModel::turns(Instant from, Instant to) const {
    std::vector<Instant> turns;
    const auto add = [&](Instant at) {
        if (at >= from && at <= to) turns.push_back(at);
    };
    for (const auto& eras : workers_)
        for (const auto& era : eras) {
            add(era.from);
            for (const Instant end : era.job_ends)
                add(end);
        }
    return turns;
}

void InstanceModel::start(std::size_t worker, Instant at) {
    enter(worker, {at, Doing::booting, {}});
    enter(worker, {at + boot_time, Doing::running, {}});
    const Instant up = at + boot_time + 1s;
    if (quieting_) enter(worker, {up, Doing::quiet, draw_jobs(up)});
}

void InstanceModel::restart_workers(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (era_of(i, now).doing == Doing::stopped) continue; // its unit is down
        start(i, now);
    }
}

void InstanceModel::lose_processes(Instant now, Instant until) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (era_of(i, now).doing == Doing::stopped || (i > 0 && i % 2 == 0)) continue;
        enter(i, {now, Doing::absent, {}});
        start(i, until);
    }
}

void InstanceModel::redeploy(Instant now, Instant until) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        enter(i, {now, Doing::absent, {}});
        start(i, until);
    }
}

bool InstanceModel::has_process(Instant now) const {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        if (era_of(i, now).doing != Doing::absent) return true;
    return false;
}

Instant InstanceModel::awake(Instant now) const {
    Instant end = now;
    for (const auto& eras : workers_)
        if (eras.back().doing == Doing::running) end = std::max(end, eras.back().from);
    return end;
}

void InstanceModel::reboot(Instant now) {
    ++generation_;
    acting_.clear();
    quieting_ = false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        enter(i, {now, Doing::booting, {}});
        enter(i, {now + 2 * boot_time, Doing::running, {}});
    }
}

void InstanceModel::restart_agent() {
    ++agent_generation_;
    acting_.clear();
    quieting_ = false;
}

void InstanceModel::put_to_sleep(Instant when) {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        enter(i, {when, Doing::quiet, {}});
}

void InstanceModel::quiet(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Doing doing = era_of(i, now).doing;
        if (doing == Doing::running) enter(i, {now, Doing::quiet, draw_jobs(now)});
        const Instant up =
            workers_[i].back().from + 1s; // who boots is left alone until it takes jobs
        if (doing == Doing::booting || doing == Doing::absent)
            enter(i, {up, Doing::quiet, draw_jobs(up)});
    }
}

bool InstanceModel::wake(Instant now) {
    bool all = true;
    if (quieting_) woken_ = true;
    quieting_ = false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Era& era = era_of(i, now);
        const bool busy =
            std::ranges::any_of(era.job_ends, [now](Instant end) { return end > now; });
        if (era.doing == Doing::quiet && busy) all = false;
        if (era.doing == Doing::stopped || (era.doing == Doing::quiet && !busy)) {
            enter(i, {now, Doing::booting, {}});
            enter(i, {now + boot_time, Doing::running, {}});
        }
    }
    return all;
}

void InstanceModel::stop(Instant now) {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        enter(i, {now, Doing::stopped, {}});
}

Instant InstanceModel::drained(Instant now) const {
    Instant end = now;
    for (const auto& eras : workers_) {
        const Era& last = eras.back();
        if (last.doing != Doing::quiet && last.doing != Doing::stopped) return Instant::max();
        end = std::max(end, last.from);
        for (const Instant job : last.job_ends)
            end = std::max(end, job);
    }
    return end;
}

Json InstanceModel::describe(Instant now, bool stale) {
    Json list = Json::array();
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const Era& era = era_of(i, now);
        if (era.doing == Doing::absent && character_.old_script) continue;
        // A title is written once a beat: the jobs in it are those of then.
        const Instant seen =
            std::max(era.from, now - (stale ? chance_.between(Duration{0}, beat) : Duration{0}));
        const auto busy =
            std::ranges::count_if(era.job_ends, [seen](Instant end) { return end > seen; });
        static constexpr const char* words[] = {"booting", "running", "quiet", "stopped",
                                                "booting"};
        const bool down = era.doing == Doing::stopped || era.doing == Doing::absent;
        list.push_back({{"pid", down ? 0 : 800 + static_cast<int>(i)},
                        {"unit", "worker.service"},
                        {"version", down ? "" : "7.3.0"},
                        {"busy", era.doing == Doing::running ? 3 : busy},
                        {"of", down ? 0 : threads},
                        {"state", words[static_cast<int>(era.doing)]}});
    }
    return list;
}

} // namespace simulation
