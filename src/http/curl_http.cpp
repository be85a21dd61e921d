#include "src/http/curl_http.hpp"

#include "src/http/url.hpp"

#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace snow_white {

namespace {

constexpr long most_connections =
    32; // kept open: libcurl's own limit is four, and a drain talks to more hosts
constexpr int longest_poll_ms = 500; // an interruption is seen after it

} // namespace

CurlHttp::CurlHttp(const Clock& clock) : clock_(clock) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most_connections);
}

CurlHttp::~CurlHttp() {
    curl_multi_cleanup(multi_);
    curl_global_cleanup();
}

HttpResult CurlHttp::send(const HttpRequest& request) {
    if (!request.even_when_interrupted && clock_.interrupted())
        return tl::unexpected(HttpError{.message = host_of(request.url) + ": interrupted"});
    CurlExchange exchange(request);
    const auto ended = [&exchange] { return exchange.has_ended(); };
    if (carrying_) {
        begun_.push_back(&exchange);
        curl_multi_wakeup(multi_);
        news_.wait(turn_, ended);
    } else {
        const std::lock_guard turn(turn_);
        begun_.push_back(&exchange);
        carry_until(ended);
    }
    return exchange.result();
}

void CurlHttp::run_concurrently(const std::vector<std::function<void()>>& conversations) {
    std::unique_lock turn(turn_, std::defer_lock);
    if (!carrying_) turn.lock(); // else a conversation calls, and has it
    std::size_t left = conversations.size();
    std::exception_ptr bug;
    std::vector<std::thread> threads;
    for (const auto& conversation : conversations)
        try {
            threads.emplace_back([this, &conversation, &left, &bug] {
                const std::lock_guard mine(turn_);
                try {
                    conversation();
                } catch (...) {
                    if (!bug) bug = std::current_exception();
                }
                --left;
                news_.notify_all();
                curl_multi_wakeup(multi_);
            });
        } catch (const std::system_error&) { // no further thread to be had
            bug = std::current_exception();
            --left;
        }
    const auto all_ended = [&left] { return left == 0; };
    if (carrying_)
        news_.wait(turn_, all_ended);
    else
        carry_until(all_ended);
    for (auto& thread : threads)
        thread.join();
    if (bug) std::rethrow_exception(bug);
}

// The caller has the turn, and gives it away while there is nothing to carry.
void CurlHttp::carry_until(const std::function<bool()>& done) {
    carrying_ = true;
    while (!done()) {
        carry();
        if (done()) break;
        turn_.unlock();
        curl_multi_poll(multi_, nullptr, 0, longest_poll_ms, nullptr);
        turn_.lock();
        give_up_if_interrupted();
    }
    carrying_ = false;
}

void CurlHttp::carry() {
    for (auto* exchange : std::exchange(begun_, {})) {
        curl_easy_setopt(exchange->handle(), CURLOPT_PRIVATE, exchange);
        curl_multi_add_handle(multi_, exchange->handle());
        under_way_.push_back(exchange);
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        CURL* handle = message->easy_handle;
        CurlExchange* exchange = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &exchange);
        end(*exchange, code);
    }
}

// libcurl's own callback for it comes a dozen times an exchange, and each asks the system.
void CurlHttp::give_up_if_interrupted() {
    if (!clock_.interrupted()) return;
    for (auto* exchange : std::vector(under_way_))
        if (exchange->is_given_up_when_interrupted()) end(*exchange, CURLE_ABORTED_BY_CALLBACK);
}

void CurlHttp::end(CurlExchange& exchange, CURLcode code) {
    curl_multi_remove_handle(multi_, exchange.handle()); // and libcurl's message with it
    std::erase(under_way_, &exchange);
    exchange.end(code);
    news_.notify_all();
}

} // namespace snow_white
