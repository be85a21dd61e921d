#include "src/sidekiq/model/snapshot.hpp"

#include <fmt/format.h>

namespace snow_white::sidekiq {

std::string host_and_pid(const Process& process) {
    return fmt::format("{}:{}", process.host, process.pid);
}

} // namespace snow_white::sidekiq
