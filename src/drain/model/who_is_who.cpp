#include "src/drain/model/who_is_who.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

std::string name_in_redis(const Worker& worker) {
    if (worker.pid == 0 || worker.redis_host.empty()) return {};
    const int pid = worker.pid_inside == 0 ? worker.pid : worker.pid_inside;
    return fmt::format("{}:{}", worker.redis_host, pid);
}

void WhoIsWho::add(const std::string& name, const InstanceId& instance) {
    if (name.empty()) return;
    const auto [entry, is_new] = names_.try_emplace(name, instance);
    if (!is_new && entry->second != instance) entry->second = {};
}

const InstanceId* WhoIsWho::find(const std::string& name) const {
    const auto found = names_.find(name);
    return found == names_.end() || found->second.text.empty() ? nullptr : &found->second;
}

} // namespace snow_white::drain
