// The bytes of Redis's protocol, as a server reads and writes them.
//   Source: "Redis serialization protocol specification" (RESP2 and RESP3); its errors are those of
// Redis 7.0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox {

// A command and its arguments.
using RedisRequest = std::vector<std::string>;

// A client that keeps to no protocol: what it is sent before the connection is closed.
struct ProtocolError {
    std::string message;
};

// Takes the first whole request off the front of `unread`; nothing when there is none yet. An empty
// request (an empty line) is answered with nothing. Who is not `authenticated` may not send large
// ones. Failure: `error`.
std::optional<RedisRequest> take_request(std::string_view& unread, bool authenticated,
                                         std::optional<ProtocolError>& error);

// Replies, one after the other, at the end of a text. A map and a set are arrays before RESP3.
class ReplyWriter {
public:
    ReplyWriter(std::string& out, const int& protocol) : out_(out), protocol_(protocol) {}

    void simple(std::string_view text) { line('+', text); }
    void error(std::string_view text) { line('-', text); } // the kind comes first: "ERR …"
    void integer(std::int64_t number) { line(':', std::to_string(number)); }
    void bulk(std::string_view text);
    void null() { out_ += protocol_ == 3 ? "_\r\n" : "$-1\r\n"; }
    // So many replies follow; of a map twice as many.
    void array(std::size_t size) { line('*', std::to_string(size)); }
    void set(std::size_t size) { line(protocol_ == 3 ? '~' : '*', std::to_string(size)); }
    void map(std::size_t pairs);

    void bulks(const std::vector<std::string>& texts); // without the head

private:
    void line(char kind, std::string_view text);

    std::string& out_;
    const int& protocol_; // 2 or 3, of the connection
};

} // namespace sandbox
