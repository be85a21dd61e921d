#include "sandbox/instances/process.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace sandbox {

namespace {

// Between fork and exec: only what is safe in a process that had several threads.
[[noreturn]] void become(const ProcessSpec& spec, char* const* arguments, char* const* environment,
                         pid_t parent) {
    setpgid(0, 0);
    if (spec.dies_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) // it had ended already
            _exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(spec.standard_input >= 0 ? spec.standard_input : nothing, STDIN_FILENO);
    dup2(spec.standard_output >= 0 ? spec.standard_output : nothing, STDOUT_FILENO);
    dup2(spec.standard_error >= 0 ? spec.standard_error : nothing, STDERR_FILENO);
    close_range(3, ~0U, 0);
    execvpe(arguments[0], arguments, environment);
    _exit(127);
}

bool sets_same(const std::string& variable, std::string_view other) {
    return other.starts_with(std::string_view(variable).substr(0, variable.find('=') + 1));
}

std::vector<std::string> environment_of(const ProcessSpec& spec) {
    std::vector<std::string> all = spec.environment;
    for (char** own = environ; *own != nullptr; ++own)
        if (std::ranges::none_of(spec.environment,
                                 [&](const std::string& added) { return sets_same(added, *own); }))
            all.emplace_back(*own);
    return all;
}

} // namespace

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Process::Process(const ProcessSpec& spec) {
    const std::vector<std::string> variables = environment_of(spec);
    const std::vector<char*> arguments = pointers_to(spec.arguments);
    const std::vector<char*> environment = pointers_to(variables);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(spec, arguments.data(), environment.data(), parent);
    if (pid_ < 0)
        throw std::runtime_error("cannot start " + spec.arguments.front() + ": " +
                                 std::strerror(errno));
    setpgid(pid_, pid_); // in both, so that the group exists whoever comes first
}

Process::~Process() {
    end();
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_code_(other.exit_code_) {}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}

std::optional<int> Process::exit_code() {
    if (exit_code_ || pid_ < 0) return exit_code_;
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_)
        exit_code_ = code_of(status);
    else if (ended < 0 && errno != EINTR)
        exit_code_ = 127; // somebody else has reaped it: its code is lost
    return exit_code_;
}

std::optional<int> Process::wait_for(std::chrono::milliseconds limit) {
    constexpr std::chrono::milliseconds step{5};
    for (auto waited = std::chrono::milliseconds{0}; !exit_code() && waited < limit; waited += step)
        std::this_thread::sleep_for(step);
    return exit_code();
}

void Process::signal_group(int signal) const {
    if (pid_ > 0 && !exit_code_) kill(-pid_, signal);
}

void Process::end() {
    if (pid_ < 0 || exit_code()) return;
    signal_group(SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    exit_code_ = code_of(status);
}

MemoryFile::MemoryFile(const std::string& content)
    : descriptor_(memfd_create("snow-white", MFD_CLOEXEC)) {
    if (descriptor_ < 0 || pwrite(descriptor_, content.data(), content.size(), 0) < 0)
        throw std::runtime_error(std::string("cannot make a file in memory: ") +
                                 std::strerror(errno));
}

MemoryFile::~MemoryFile() {
    close(descriptor_);
}

std::string MemoryFile::first(std::size_t limit) const {
    std::string content(limit, '\0');
    const ssize_t length = pread(descriptor_, content.data(), limit, 0);
    content.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return content;
}

} // namespace sandbox
