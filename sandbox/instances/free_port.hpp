// Ports of 127.0.0.1. A free one may be taken by somebody else before it is used: the user of it
// then says so.
#pragma once

namespace sandbox {

int free_port(); // std::runtime_error when there is none
bool is_listening(int port);

} // namespace sandbox
