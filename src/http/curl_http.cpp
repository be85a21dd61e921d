#include "src/http/curl_http.hpp"

#include "src/http/url.hpp"

#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace snow_white {

namespace {

// Kept open. libcurl's default, four per handle, is less than the hosts of a drain.
constexpr long max_connections = 32;
constexpr int max_poll_ms = 500; // then check for an interruption

} // namespace

CurlHttp::CurlHttp(const Clock& clock) : clock_(clock) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, max_connections);
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
    if (driving_) {
        queued_.push_back(&exchange);
        curl_multi_wakeup(multi_);
        ended_.wait(mutex_, ended);
    } else {
        const std::lock_guard lock(mutex_);
        queued_.push_back(&exchange);
        drive_until(ended);
    }
    return exchange.result();
}

void CurlHttp::run_concurrently(const std::vector<std::function<void()>>& tasks) {
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!driving_) lock.lock(); // else a task is the caller and holds the mutex
    std::size_t left = tasks.size();
    std::exception_ptr first_error;
    std::vector<std::thread> threads;
    for (const auto& task : tasks)
        try {
            threads.emplace_back([this, &task, &left, &first_error] {
                const std::lock_guard task_lock(mutex_);
                try {
                    task();
                } catch (...) {
                    if (!first_error) first_error = std::current_exception();
                }
                --left;
                ended_.notify_all();
                curl_multi_wakeup(multi_);
            });
        } catch (const std::system_error&) { // the system has no further thread
            first_error = std::current_exception();
            --left;
        }
    const auto all_ended = [&left] { return left == 0; };
    if (driving_)
        ended_.wait(mutex_, all_ended);
    else
        drive_until(all_ended);
    for (auto& thread : threads)
        thread.join();
    if (first_error) std::rethrow_exception(first_error);
}

// The caller holds the mutex; it is released while there is nothing to do.
void CurlHttp::drive_until(const std::function<bool()>& done) {
    driving_ = true;
    while (!done()) {
        drive();
        if (done()) break;
        mutex_.unlock();
        curl_multi_poll(multi_, nullptr, 0, max_poll_ms, nullptr);
        mutex_.lock();
        abort_if_interrupted();
    }
    driving_ = false;
}

void CurlHttp::drive() {
    for (auto* exchange : std::exchange(queued_, {})) {
        curl_easy_setopt(exchange->handle(), CURLOPT_PRIVATE, exchange);
        curl_multi_add_handle(multi_, exchange->handle());
        active_.push_back(exchange);
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

// Not a progress callback: libcurl calls it a dozen times an exchange, each with a system call.
void CurlHttp::abort_if_interrupted() {
    if (!clock_.interrupted()) return;
    for (auto* exchange : std::vector(active_))
        if (exchange->ends_on_interruption()) end(*exchange, CURLE_ABORTED_BY_CALLBACK);
}

void CurlHttp::end(CurlExchange& exchange, CURLcode code) {
    curl_multi_remove_handle(multi_, exchange.handle()); // also removes libcurl's message
    std::erase(active_, &exchange);
    exchange.end(code);
    ended_.notify_all();
}

} // namespace snow_white
