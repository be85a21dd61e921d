#include "src/drain/model/who_is_who.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

void add_worker(WhoIsWho& known, const InstanceId& instance, const Worker& worker) {
    const std::string name = name_in_redis(worker);
    if (name.empty() || known.ambiguous.contains(name)) return;
    const auto [at, is_new] = known.workers.try_emplace(name, KnownWorker{instance, worker});
    if (is_new) return;
    if (at->second.instance == instance) {
        at->second.worker = std::nullopt;
        return;
    }
    known.workers.erase(at);
    known.ambiguous.insert(name);
}

} // namespace

std::string name_in_redis(const Worker& worker) {
    if (worker.pid == 0 || worker.redis_host.empty()) return {};
    const int pid = worker.pid_inside == 0 ? worker.pid : worker.pid_inside;
    return fmt::format("{}:{}", worker.redis_host, pid);
}

WhoIsWho who_is_who(const std::map<InstanceId, std::vector<Worker>>& workers) {
    WhoIsWho known;
    for (const auto& [instance, there] : workers)
        for (const auto& worker : there)
            add_worker(known, instance, worker);
    return known;
}

const KnownWorker* find_worker(const WhoIsWho& known, const std::string& host_and_pid) {
    const auto at = known.workers.find(host_and_pid);
    return at == known.workers.end() ? nullptr : &at->second;
}

} // namespace snow_white::drain
