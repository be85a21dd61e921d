#include "sandbox/server/http_server.hpp"
#include "sandbox/base/text.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
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

// Who may ask a sandbox on a laptop: programs of this machine and its own page. A web page that the
// browser has open may not: it reaches every port of 127.0.0.1, also by a name of its own that
// leads there (DNS rebinding). By the headers that a page cannot choose: Host, Origin (RFC 6454),
// Sec-Fetch-Site (W3C, Fetch Metadata).
// Out: why the request is refused, in one line without its end; nothing when it may be answered.
// `relayed`: Host may name any address and port of loopback, as it does behind a relay.
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

constexpr std::size_t most_threads = 64; // each holds one kept-alive connection
constexpr std::size_t calls_per_connection = 100'000;
constexpr time_t idle_seconds = 60;
constexpr std::chrono::seconds longest_silence{60};
constexpr std::size_t most_body_bytes = 4 * 1024 * 1024;

HttpRequest received(const httplib::Request& request, std::string body) {
    const auto [path, query] = split_at(request.target, '?');
    HttpRequest result{.method = request.method, .path = path, .query = query};
    // Not headers, but notes of the library's among them.
    for (const auto& [name, value] : request.headers)
        if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
            name != "LOCAL_PORT")
            result.headers.emplace(name, value);
    result.body = std::move(body);
    return result;
}

// The library keeps its sockets to itself: they are found by their ports. `name_of` is getsockname
// or getpeername.
template <class NameOf> std::vector<int> sockets_with_port(NameOf name_of, int port) {
    std::vector<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename());
        sockaddr_in address{};
        socklen_t size = sizeof address;
        if (name_of(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
            address.sin_family == AF_INET && ntohs(address.sin_port) == port)
            found.push_back(descriptor);
    }
    return found;
}

// Wakes the threads that wait for the next request on a kept-alive connection: the library would
// let them wait until idle_seconds are over.
void cut_connections(int port) {
    for (const int descriptor : sockets_with_port(getsockname, port))
        shutdown(descriptor, SHUT_RDWR);
}

// Returns after the pause, or when the caller has hung up.
void hold(int connection, std::chrono::milliseconds pause) {
    pollfd watched{connection, POLLRDHUP, 0};
    poll(&watched, 1, static_cast<int>(pause.count()));
}

// Half of the body under the headers of the whole.
void send_half(const HttpResponse& answer, httplib::Response& response) {
    response.set_content_provider(
        answer.body.size(), answer.content_type,
        [body = answer.body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
            const std::size_t half = body.size() / 2;
            if (offset < half) sink.write(body.data(), half);
            return offset < half; // the second time: false closes the connection
        });
}

void send(const HttpResponse& answer, const httplib::Request& request,
          httplib::Response& response) {
    const bool gone = answer.delivery == Delivery::no_connection ||
                      answer.delivery == Delivery::reset || answer.delivery == Delivery::none;
    if (gone || answer.pause.count() > 0)
        for (const int connection : sockets_with_port(getpeername, request.remote_port)) {
            hold(connection, answer.delivery == Delivery::none ? longest_silence : answer.pause);
            if (gone) shutdown(connection, SHUT_RDWR); // what the library then writes goes nowhere
        }
    response.status = gone ? 500 : answer.status;
    for (const auto& [name, value] : answer.headers)
        response.set_header(name, value);
    if (answer.delivery == Delivery::cut)
        send_half(answer, response);
    else
        response.set_content(answer.body, answer.content_type);
}

// Closes the connection: what is left unread of the request would count as the next one, and who
// wrote its body would choose that.
void refuse(httplib::Response& response, int status, const std::string& line) {
    response.status = status;
    response.set_header("Connection", "close");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_content_provider(line.size(), "text/plain; charset=utf-8",
                                  [line](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                      sink.write(line.data() + offset, line.size() - offset);
                                      return false; // the library takes it as failed, and closes
                                  });
}

// What the library answers by itself has no content: it may not have read the request to its end.
httplib::Server::HandlerResponse finish_error(const httplib::Request&,
                                              httplib::Response& response) {
    if (response.has_header("Content-Type")) return httplib::Server::HandlerResponse::Unhandled;
    refuse(response, response.status,
           fmt::format("the sandbox cannot take this request: status {}\n", response.status));
    return httplib::Server::HandlerResponse::Handled;
}

} // namespace

struct HttpServer::State {
    httplib::Server server;
    std::thread listener;
};

HttpServer::HttpServer(int port, bool relayed) : state_(std::make_unique<State>()) {
    httplib::Server& server = state_->server;
    server.new_task_queue = [] { return new httplib::ThreadPool(most_threads); };
    server.set_keep_alive_max_count(calls_per_connection);
    server.set_keep_alive_timeout(idle_seconds);
    server.set_tcp_nodelay(true);
    server.set_payload_max_length(most_body_bytes);
    if (port == 0)
        port_ = server.bind_to_any_port("127.0.0.1");
    else if (server.bind_to_port("127.0.0.1", port))
        port_ = port;
    if (port_ <= 0)
        throw std::runtime_error(
            "--port " + std::to_string(port) +
            ": 127.0.0.1 has something else on it; choose another, or 0 for any free one");
    server.set_pre_routing_handler(
        [port = port_, relayed](const httplib::Request& request, httplib::Response& response) {
            const auto why = why_foreign(received(request, {}), port, relayed);
            if (!why) return httplib::Server::HandlerResponse::Unhandled;
            refuse(response, 403, *why + "\n");
            return httplib::Server::HandlerResponse::Handled;
        });
    server.set_error_handler(httplib::Server::HandlerWithResponse(finish_error));
}

HttpServer::~HttpServer() {
    state_->server.stop();
    cut_connections(port_);
    if (state_->listener.joinable()) state_->listener.join();
}

void HttpServer::serve(std::function<HttpResponse(const HttpRequest&)> handler) {
    httplib::Server& server = state_->server;
    server.Get(".*", [handler](const httplib::Request& request, httplib::Response& response) {
        send(handler(received(request, {})), request, response);
    });
    // With a reader of its own the library leaves the body alone: else it takes forms apart, up to
    // 8 KiB only.
    server.Post(".*", [handler](const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& read) {
        std::string body;
        const bool whole = read([&body](const char* data, std::size_t length) {
            body.append(data, length);
            return true;
        });
        if (!whole) response.status = std::max(response.status, 400); // 413 when it is too large
        if (!whole) return;
        send(handler(received(request, std::move(body))), request, response);
    });
    state_->listener = std::thread([&server] { server.listen_after_bind(); });
    while (!server.is_running()) // the library's stop() does nothing before that
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

} // namespace sandbox
