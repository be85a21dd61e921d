// Who may ask a sandbox on a laptop: programs of this machine and its own page. A web page that the
// browser has open may not: it reaches every port of 127.0.0.1, also by a name of its own that
// leads there (DNS rebinding). By the headers that a page cannot choose: Host, Origin (RFC 6454),
// Sec-Fetch-Site (W3C, Fetch Metadata).
#pragma once

#include "sandbox/wire/http_message.hpp"

#include <optional>
#include <string>

namespace sandbox {

// Why the request is refused, in one line without its end; nothing when it may be answered.
// `relayed`: Host may name any address and port of loopback, as it does behind a relay.
std::optional<std::string> why_foreign(const HttpRequest& request, int port, bool relayed);

} // namespace sandbox
