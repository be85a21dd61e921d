#include "sandbox/server/http_server.hpp"
#include "sandbox/server/foreign_request.hpp"

#include <httplib.h>

#include <fmt/format.h>

#include <filesystem>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace sandbox {

namespace {

constexpr std::size_t most_threads = 64; // each holds one kept-alive connection
constexpr std::size_t calls_per_connection = 100'000;
constexpr time_t idle_seconds = 60;
constexpr std::chrono::seconds longest_silence{60};
constexpr std::size_t most_body_bytes = 4 * 1024 * 1024;

HttpRequest received(const httplib::Request& request, std::string body) {
    HttpRequest result;
    const std::size_t question = std::min(request.target.find('?'), request.target.size());
    result.method = request.method;
    result.path = request.target.substr(0, question);
    result.query = question < request.target.size() ? request.target.substr(question + 1) : "";
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
