// A request as it came in and the answer that goes out, without a socket: the same code serves a
// port and a test in the same process.
#pragma once

#include "sandbox/world/region.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <strings.h>

namespace sandbox {

struct HeaderLess {
    using is_transparent = void;
    bool operator()(const std::string& a, const std::string& b) const {
        return strcasecmp(a.c_str(), b.c_str()) < 0;
    }
};
using Headers = std::multimap<std::string, std::string, HeaderLess>;

// A caller in the same process: no signature is asked of it.
struct TrustedCaller {
    std::string access_key;
    std::string service; // what the credential scope would have named, e.g. "ssm"
    std::string region = home_region;
};

struct HttpRequest {
    std::string method = "POST";
    std::string path = "/"; // as sent: still percent-encoded, without the query string
    std::string query;      // as sent, without the question mark
    Headers headers;
    std::string body;
    std::optional<TrustedCaller> trusted;

    // The header's value; empty when absent.
    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
};

// How an answer reaches the caller. The HTTP server does it to the socket; a caller in the same
// process sees it here.
enum class Delivery {
    whole,
    no_connection, // the caller could not connect
    reset,         // the connection died before a byte of the answer
    none,          // no answer comes
    cut            // the connection died in the middle of the body
};

struct HttpResponse {
    int status = 200;
    Headers headers;
    std::string content_type;
    std::string body;
    Delivery delivery = Delivery::whole;
    std::chrono::milliseconds pause{0}; // goes by before it is delivered
};

} // namespace sandbox
