#include "src/clock/system_clock.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

namespace snow_white {

namespace {

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

SystemClock::SystemClock() {
    const sigset_t set = ending_signals();
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

void SystemClock::wait(Duration duration) {
    const sigset_t set = ending_signals();
    // The monotonic clock: a laptop that sleeps or a corrected system time must not stretch a wait.
    const auto end = std::chrono::steady_clock::now() + duration;
    for (auto left = end - std::chrono::steady_clock::now(); left.count() > 0 && !interrupted_;
         left = end - std::chrono::steady_clock::now()) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec patience{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
        if (sigtimedwait(&set, nullptr, &patience) > 0)
            interrupted_ = true;
        else if (errno == EAGAIN)
            return;
    }
}

bool SystemClock::interrupted() const {
    sigset_t pending;
    sigpending(&pending);
    if (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1) interrupted_ = true;
    return interrupted_;
}

} // namespace snow_white
