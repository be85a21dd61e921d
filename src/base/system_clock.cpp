#include "src/base/system_clock.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>

namespace snow_white {

namespace {

sigset_t termination_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

SystemClock::SystemClock() {
    const sigset_t set = termination_signals();
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::elapsed() const {
    timespec since_boot{};
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    return std::chrono::floor<Duration>(std::chrono::seconds{since_boot.tv_sec} +
                                        std::chrono::nanoseconds{since_boot.tv_nsec});
}

void SystemClock::wait(Duration duration) {
    const sigset_t set = termination_signals();
    // Neither a suspension nor a corrected system time may prolong a wait. sigtimedwait(2) does not
    // count a suspension, so the wait is cut into short parts.
    constexpr Duration max_part{10'000};
    const Duration end = elapsed() + duration;
    for (Duration left = duration; left.count() > 0 && !interrupted_; left = end - elapsed()) {
        left = std::min(left, max_part);
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec timeout{.tv_sec = seconds.count(),
                               .tv_nsec = std::chrono::nanoseconds(left - seconds).count()};
        if (sigtimedwait(&set, nullptr, &timeout) > 0) interrupted_ = true;
    }
}

bool SystemClock::interrupted() const {
    sigset_t pending;
    sigpending(&pending);
    if (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1)
        interrupted_ = true;
    return interrupted_;
}

} // namespace snow_white
