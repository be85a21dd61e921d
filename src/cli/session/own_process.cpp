#include "src/cli/session/own_process.hpp"

#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/request.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace snow_white::cli {

namespace {

// scripts/collect and src/CMakeLists.txt write it.
constexpr const char* marker_file = "snow-white.container";

// An error counts as the container, which may do less.
bool is_marked(const std::filesystem::path& program) {
    std::error_code unknown;
    return std::filesystem::exists(program.parent_path() / marker_file, unknown) || unknown;
}

} // namespace

// The kernel knows the program by two names: a link in /proc, which a container may lack, and the
// path that execve was given.
bool is_in_container() {
    std::error_code none;
    const auto running = std::filesystem::read_symlink("/proc/self/exe", none);
    if (!none && is_marked(running)) return true;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how getauxval gives a string
    const auto* const started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    return started != nullptr && *started == '/' && is_marked(started);
}

Environment take_environment(bool in_container) {
    auto environment = Environment::of_process();
    if (in_container) environment = only_known(environment);
    Environment::erase_in_process([in_container](std::string_view name) {
        return in_container || name == "SLACK_BOT_TOKEN" || name == "SLACK_WEBHOOK" ||
               name == redis_variable || name == "SSLKEYLOGFILE";
    });
    return environment;
}

void open_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(descriptor, F_GETFD) < 0) // open() gives the lowest number that is free
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY); // NOLINT
}

void keep_memory_private() {
    constexpr rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ // LeakSanitizer looks through the process as a debugger does
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

} // namespace snow_white::cli
