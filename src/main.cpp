// Signals, the real clock and HTTP, and the exit code. Everything else is in the rooms.
#include "src/aws/curl_http.hpp"
#include "src/cli/commands.hpp"
#include "src/clock/system_clock.hpp"

#include <exception>
#include <fmt/format.h>

int main(int argc, char** argv) {
    try {
        snow_white::SystemClock clock;
        const auto environment = snow_white::aws::Environment::of_process();
        snow_white::aws::CurlHttp http(environment, clock);
        snow_white::cli::Outside outside{environment, http, clock, stdout, stderr};
        return static_cast<int>(snow_white::cli::run({argv + 1, argv + argc}, outside));
    } catch (const std::exception& bug) {
        fmt::print(stderr, "snow-white: internal error: {}; please report it\n", bug.what());
        return static_cast<int>(snow_white::cli::ExitCode::internal);
    }
}
