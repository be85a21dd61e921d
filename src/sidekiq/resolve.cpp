#include "src/sidekiq/resolve.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <sys/socket.h>
#include <thread>

namespace snow_white::sidekiq {

namespace {

using LookedUp = tl::expected<std::vector<Address>, std::string>;

// What the thread and who waits for it share. The last of the two frees it.
struct Lookup {
    std::string host;
    std::string port;
    std::mutex mutex;
    std::condition_variable ended;
    bool has_ended = false;
    LookedUp result;
};

std::string words_of_lookup(int error) {
    if (error == EAI_AGAIN)
        return "has a name that DNS could not look up: no name server answered; try again";
    return "has a name that DNS does not know: check it; a private name is known inside its VPC "
           "only";
}

LookedUp look_up(const std::string& host, const std::string& port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &list); error != 0)
        return tl::unexpected(words_of_lookup(error));
    std::vector<Address> found;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next)
        found.push_back(
            {one->ai_family, {reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen}});
    freeaddrinfo(list);
    return found;
}

void run(const std::shared_ptr<Lookup>& lookup) {
    auto result = look_up(lookup->host, lookup->port, AI_ADDRCONFIG);
    const std::lock_guard lock(lookup->mutex);
    lookup->result = std::move(result);
    lookup->has_ended = true;
    lookup->ended.notify_one();
}

} // namespace

tl::expected<std::vector<Address>, std::string> resolve(const std::string& host, int port,
                                                        Duration deadline, const Clock& clock) {
    constexpr Duration slice_of_lookup{50};
    const std::string port_text = std::to_string(port);
    if (auto numeric = look_up(host, port_text, AI_NUMERICHOST); numeric) return numeric;
    const auto lookup = std::make_shared<Lookup>();
    lookup->host = host;
    lookup->port = port_text;
    std::thread([lookup] { run(lookup); }).detach();
    std::unique_lock lock(lookup->mutex);
    while (!lookup->has_ended) {
        if (clock.interrupted())
            return tl::unexpected<std::string>("was not asked to the end: the run is interrupted");
        if (clock.elapsed() >= deadline) return tl::unexpected(words_of_lookup(EAI_AGAIN));
        lookup->ended.wait_for(lock, slice_of_lookup);
    }
    return std::move(lookup->result);
}

} // namespace snow_white::sidekiq
