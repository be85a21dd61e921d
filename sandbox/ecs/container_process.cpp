#include "sandbox/ecs/container_process.hpp"
#include "sandbox/instances/process.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern "C" { // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

namespace sandbox {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t longest_line = 16'384; // the log driver cuts there

// Between fork and exec only what is safe there. A container sees nothing of the sandbox: no
// descriptor, no blocked signal; and it may not outlive the thread that watches it.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         int output) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close_range(3, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP})
        signal(number, SIG_DFL);
    if (chdir("/") == 0) execve(program, arguments, environment);
    _exit(127);
}

} // namespace

struct ContainerProcess::State {
    ContainerSpec spec;
    Callbacks callbacks;
    const Clock& clock;
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> stop_asked{false};
    std::atomic<bool> abandoned{false};
    mutable std::mutex mutex; // guards progress
    Progress progress;
    std::string partial; // a line whose end has not come yet
    std::FILE* file = nullptr;
    std::thread thread;

    State(ContainerSpec the_spec, Callbacks the_callbacks, const Clock& the_clock)
        : spec(std::move(the_spec)), callbacks(std::move(the_callbacks)), clock(the_clock) {}

    void poke() const { eventfd_write(wake, 1); }

    void run() {
        wait_for_start();
        int exit_status = -1;
        if (!stop_asked && !spec.start_failure.empty())
            end({}, spec.start_failure);
        else if (!stop_asked && access(spec.program.c_str(), X_OK) != 0)
            end({}, fmt::format("CannotStartContainerError: {}: {}", spec.program,
                                std::strerror(errno)));
        else if (stop_asked || (exit_status = supervise()) < 0)
            end({}, "");
        else
            end(code_of(exit_status), "");
    }

    void wait_for_start() {
        const SteadyTime start = std::chrono::steady_clock::now() + spec.start_after;
        for (auto left = spec.start_after; left.count() > 0 && !stop_asked;
             left =
                 std::chrono::duration_cast<Duration>(start - std::chrono::steady_clock::now())) {
            pollfd woken{.fd = wake, .events = POLLIN, .revents = 0};
            poll(&woken, 1, static_cast<int>(left.count()));
        }
    }

    // Starts the program and stays until it has ended; its wait status, or -1 when it could not be
    // started.
    int supervise() {
        std::array<int, 2> pipe_ends{};
        if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return -1;
        fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
        std::vector<std::string> words{spec.program};
        words.insert(words.end(), spec.arguments.begin(), spec.arguments.end());
        const auto arguments = pointers_to(words);
        const auto environment = pointers_to(spec.environment);
        if (!spec.log_file.empty()) file = std::fopen(spec.log_file.c_str(), "ae");
        callbacks.started();
        const pid_t pid = fork();
        if (pid == 0)
            become(spec.program.c_str(), arguments.data(), environment.data(), pipe_ends[1]);
        close(pipe_ends[1]);
        int status = -1;
        if (pid > 0) {
            note_start(pid);
            status = follow(pid, pipe_ends[0]);
        }
        close(pipe_ends[0]);
        if (file != nullptr) std::fclose(file);
        return status;
    }

    void note_start(pid_t pid) {
        const std::scoped_lock guard(mutex);
        progress.started = clock.now();
        progress.pid = pid;
    }

    int follow(pid_t pid, int output) {
        const int process = pidfd_open(pid, 0);
        bool stop_sent = false;
        bool killed = false;
        SteadyTime deadline{};
        std::array<pollfd, 3> sources{
            {{output, POLLIN, 0}, {process, POLLIN, 0}, {wake, POLLIN, 0}}};
        for (;;) {
            if (stop_asked && !stop_sent) {
                stop_sent = true;
                deadline = std::chrono::steady_clock::now() + spec.stop_timeout;
                kill(pid, SIGTERM);
            }
            const bool late = stop_sent && std::chrono::steady_clock::now() >= deadline;
            if ((late || abandoned) && !killed) {
                killed = true;
                kill(-pid, SIGKILL);
            }
            poll(sources.data(), sources.size(),
                 stop_sent && !killed ? milliseconds_until(deadline) : -1);
            eventfd_t ignored = 0;
            eventfd_read(wake, &ignored);
            if (sources[0].revents != 0 && !read_output(output))
                sources[0].fd = -1; // poll leaves it out
            if (sources[1].revents != 0) break;
        }
        close(process);
        return reap(pid, output);
    }

    static int milliseconds_until(SteadyTime moment) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(moment - std::chrono::steady_clock::now());
        return static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }

    // A container's other processes end with its first one.
    int reap(pid_t pid, int output) {
        kill(-pid, SIGKILL);
        int status = 0;
        waitpid(pid, &status, 0);
        read_output(output);
        if (!partial.empty()) put_line(partial);
        partial.clear();
        return status;
    }

    // All that is there now; false when no more can come.
    bool read_output(int output) {
        std::array<char, 8192> buffer{};
        for (;;) {
            const ssize_t count = read(output, buffer.data(), buffer.size());
            if (count == 0) return false;
            if (count < 0) return errno == EAGAIN || errno == EINTR;
            take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
        }
    }

    void take(std::string_view text) {
        for (const char c : text) {
            if (c != '\n') partial += c;
            if (c != '\n' && partial.size() < longest_line) continue;
            put_line(partial);
            partial.clear();
        }
    }

    void put_line(const std::string& line) {
        if (file != nullptr) {
            fmt::print(file, "{}\n", line);
            std::fflush(file);
        }
        callbacks.line(line);
    }

    void end(std::optional<int> exit_code, const std::string& failure) {
        const std::scoped_lock guard(mutex);
        progress.ended = clock.now();
        progress.exit_code = exit_code;
        progress.failure = failure;
    }
};

ContainerProcess::ContainerProcess(ContainerSpec spec, Callbacks callbacks, const Clock& clock)
    : state_(std::make_unique<State>(std::move(spec), std::move(callbacks), clock)) {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

ContainerProcess::~ContainerProcess() {
    state_->abandoned = true;
    stop();
    state_->thread.join();
    close(state_->wake);
}

void ContainerProcess::stop() {
    state_->stop_asked = true;
    state_->poke();
}

ContainerProcess::Progress ContainerProcess::progress() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->progress;
}

} // namespace sandbox
