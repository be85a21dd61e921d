#include "src/cli/session/sidekiq_redis.hpp"

#include <memory>

namespace snow_white::cli {

ReadSidekiq sidekiq_of(const Request& request, Context& context) {
    const auto& addresses = request.sidekiq;
    if (addresses.servers.empty() || context.sockets == nullptr) return {};
    const auto reader = std::make_shared<sidekiq::Reader>(addresses.servers, addresses.name_space,
                                                          *context.sockets, context.clock);
    return [reader] {
        return reader->read(sidekiq::Reader::look_timeout_of_run)
            .map_error([](const sidekiq::ReadFailure& one) { return one.why; });
    };
}

} // namespace snow_white::cli
