// The addresses of a name. getaddrinfo(3) cannot be ended, so a thread of its own waits for it: a
// name server that does not answer holds nobody up.
#pragma once

#include "src/base/clock.hpp"

#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace snow_white::sidekiq {

struct Address {
    int family = 0;
    std::string bytes; // a sockaddr
};

// At least one, or why not: words that continue "Redis at HOST:PORT ". `deadline` is a reading of
// clock.elapsed().
tl::expected<std::vector<Address>, std::string> resolve(const std::string& host, int port,
                                                        Duration deadline, const Clock& clock);

} // namespace snow_white::sidekiq
