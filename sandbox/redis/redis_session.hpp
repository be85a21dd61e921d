// One connection to the simulated Redis, as the server knows it.
#pragma once

#include <string>

namespace sandbox {

struct RedisSession {
    std::string unread;
    bool authenticated = false;
    long database = 0;
    int protocol = 2;
    long id = 0;
    int start = 0; // of the server: a later one has closed this connection
    bool closing = false;
};

} // namespace sandbox
