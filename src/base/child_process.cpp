#include "src/base/child_process.hpp"

#include "src/base/text_file.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace snow_white {

namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

std::string contents(FILE* file) {
    std::rewind(file);
    return read_rest(file);
}

// Waits for the child's end. A signal that we got is passed on, since it may have been sent to us
// alone; a child that does not end by it is killed.
int status_of(pid_t pid, const Clock& clock) {
    constexpr std::chrono::milliseconds longest_pause{50};
    constexpr std::chrono::seconds grace{1};
    std::chrono::milliseconds since_signal{0};
    int status = 0;
    for (std::chrono::milliseconds pause{1}; waitpid(pid, &status, WNOHANG) == 0;
         pause = std::min(pause * 2, longest_pause)) {
        if (clock.interrupted()) {
            kill(pid, since_signal < grace ? SIGTERM : SIGKILL);
            since_signal += pause;
        }
        std::this_thread::sleep_for(pause);
    }
    return status;
}

} // namespace

ChildOutput run_child(const std::vector<std::string>& arguments, const Clock& clock) {
    // Files, not pipes: no order of the child's output can block the child or us.
    const File output{std::tmpfile(), &std::fclose};
    const File error{std::tmpfile(), &std::fclose};
    if (!output || !error)
        return {.exit_code = 127, .standard_output = {}, .standard_error = "no temporary file"};
    std::vector<char*> argv;
    for (const auto& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(error.get()), STDERR_FILENO);
    // SystemClock blocks SIGINT and SIGTERM; the child must not, or ^C would have to wait for it.
    sigset_t no_signals;
    sigemptyset(&no_signals);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &no_signals);
    pid_t pid = 0;
    const int failure = posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return {.exit_code = 127,
                .standard_output = {},
                .standard_error = arguments[0] + " is not installed"};
    const int status = status_of(pid, clock);
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .standard_output = contents(output.get()),
            .standard_error = contents(error.get())};
}

} // namespace snow_white
