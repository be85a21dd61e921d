// Signals, the real clock and HTTP, and the exit code. Everything else is in the rooms.
#include "src/base/system_clock.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/context.hpp"
#include "src/cli/session/own_process.hpp"
#include "src/http/curl_http.hpp"

#include <exception>
#include <fmt/format.h>
#include <malloc.h>

namespace {

// One arena, for the conversations' threads run one at a time anyway; and what is large comes from
// the system and goes back there, each time: glibc would raise that limit with the first large
// block that is freed, and the pages of a large fleet would leave holes behind.
void be_thrifty() {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
}

} // namespace

int main(int argc, char** argv) {
    be_thrifty();
    snow_white::cli::keep_memory_private();
    try {
        snow_white::SystemClock clock;
        const bool in_container = snow_white::cli::is_in_container();
        const auto environment = snow_white::cli::take_environment(in_container);
        snow_white::CurlHttp http(clock);
        snow_white::cli::Context outside{environment, http, clock, stdout, stderr};
        outside.in_container = in_container;
        if (!in_container) outside.ask = snow_white::cli::person_at_terminal(clock);
        return static_cast<int>(snow_white::cli::run({argv + 1, argv + argc}, outside));
    } catch (const std::exception& bug) {
        fmt::print(stderr, "snow-white: {}\n", snow_white::cli::words_of(bug));
        return static_cast<int>(snow_white::report::ExitCode::internal);
    }
}
