#include "sandbox/server/foreign_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <string_view>
#include <vector>

namespace sandbox {

namespace {

constexpr std::array names_of_loopback{"127.0.0.1", "localhost", "[::1]"};
constexpr int port_of_http = 80; // Host and Origin leave it out
constexpr std::size_t most_shown = 100;

std::vector<std::string> values_of(const HttpRequest& request, const std::string& name) {
    std::vector<std::string> values;
    const auto [first, last] = request.headers.equal_range(name);
    for (auto header = first; header != last; ++header)
        values.push_back(header->second);
    return values;
}

bool equal_in_any_case(const std::string& a, const std::string& b) {
    return a.size() == b.size() && strcasecmp(a.c_str(), b.c_str()) == 0;
}

bool is_name_of_loopback(const std::string& name) {
    return std::ranges::any_of(names_of_loopback,
                               [&](const char* own) { return equal_in_any_case(name, own); });
}

// 127.0.0.0/8, written as four decimal numbers.
bool is_address_of_loopback(const std::string& text) {
    in_addr address{};
    return text.find_first_not_of("0123456789.") == std::string::npos &&
           inet_pton(AF_INET, text.c_str(), &address) == 1 &&
           ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool is_own(const std::string& host, int port, bool relayed) {
    if (port == port_of_http && is_name_of_loopback(host)) return true;
    const std::size_t colon = std::min(host.rfind(':'), host.size());
    const std::string name = host.substr(0, colon);
    const std::string number = colon < host.size() ? host.substr(colon + 1) : "";
    if (relayed)
        return (is_name_of_loopback(name) || is_address_of_loopback(name)) && !number.empty() &&
               number.find_first_not_of("0123456789") == std::string::npos;
    return is_name_of_loopback(name) && number == std::to_string(port);
}

// For a line: what a stranger wrote, cut, without control characters.
std::string shown(std::string text) {
    text.resize(std::min(text.size(), most_shown));
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
    return "'" + text + "'";
}

std::string wrong_host(const std::vector<std::string>& hosts, int port) {
    const std::string seen = hosts.size() == 1 ? "Host " + shown(hosts.front())
                                               : fmt::format("{} Host headers", hosts.size());
    return fmt::format(
        "this sandbox answers only to 127.0.0.1:{0}, localhost:{0} and [::1]:{0}; seen: {1}. "
        "Behind a relay on another port of loopback: up --relayed",
        port, seen);
}

std::string wrong_page(const std::string& header, const std::string& value) {
    return fmt::format(
        "this sandbox is for no web page but its own; seen: {} {}. In a browser: type the address",
        header, shown(value));
}

} // namespace

std::optional<std::string> why_foreign(const HttpRequest& request, int port, bool relayed) {
    const std::vector<std::string> hosts = values_of(request, "Host");
    if (hosts.size() != 1 || !is_own(hosts.front(), port, relayed)) return wrong_host(hosts, port);
    for (const std::string& origin : values_of(request, "Origin"))
        if (!equal_in_any_case(origin, "http://" + hosts.front()))
            return wrong_page("Origin", origin);
    for (const std::string& site : values_of(request, "Sec-Fetch-Site"))
        if (site != "same-origin" && site != "none") return wrong_page("Sec-Fetch-Site", site);
    return std::nullopt;
}

} // namespace sandbox
