// The program. In: arguments, the environment, signals, the real clock and HTTP. Out: an exit code
// of report/names.hpp. Everything else is in the folders of src.
#include "src/base/output.hpp"
#include "src/base/system_clock.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/context.hpp"
#include "src/cli/session/own_process.hpp"
#include "src/http/curl_http.hpp"
#include "src/sidekiq/openssl_sockets.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fmt/format.h>
#include <malloc.h>

namespace {

using snow_white::report::ExitCode;

// One arena is enough, since the threads of concurrent calls run one at a time. Large blocks are
// mapped and unmapped each time: otherwise glibc raises that threshold with the first large block
// that is freed, and the pages of a large fleet leave holes in the heap.
void limit_heap() {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
}

// What could not be written is an error, whatever the run's own end.
int with_output_written(ExitCode code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return static_cast<int>(code);
    const int last_error = errno;
    const int first_error = snow_white::first_write_error();
    snow_white::write_line(stderr,
                           fmt::format("snow-white: the output could not be written: {}",
                                       std::strerror(first_error != 0 ? first_error : last_error)));
    return static_cast<int>(code == ExitCode::done ? ExitCode::unwritten : code);
}

} // namespace

int main(int argc, char** argv) {
    snow_white::cli::open_standard_descriptors();
    limit_heap();
    snow_white::cli::keep_memory_private();
    try {
        snow_white::SystemClock clock;
        const bool in_container = snow_white::cli::is_in_container();
        const auto environment = snow_white::cli::take_environment(in_container);
        snow_white::CurlHttp http(clock);
        snow_white::sidekiq::OpensslSockets sockets(clock);
        snow_white::cli::Context context{environment, http, clock, stdout, stderr};
        context.in_container = in_container;
        context.sockets = &sockets;
        context.program =
            environment.get(snow_white::cli::program_variable, argc > 0 ? argv[0] : "snow-white");
        if (!in_container) context.ask = snow_white::cli::person_at_terminal(clock);
        return with_output_written(snow_white::cli::run({argv + 1, argv + argc}, context));
    } catch (const std::exception& bug) {
        snow_white::write_line(stderr, "snow-white: " + snow_white::cli::crash_message(bug));
        return static_cast<int>(ExitCode::internal);
    }
}
