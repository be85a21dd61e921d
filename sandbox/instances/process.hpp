// One child process. In: what to execute. Out: its exit code, by polling; nothing here waits but
// wait_for(). Ownership: the object kills the child and reaps it when it goes. Failure to start:
// std::runtime_error.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct ProcessSpec {
    std::vector<std::string> arguments;   // the first is looked up on PATH
    std::vector<std::string> environment; // NAME=value: before this process's own
    int standard_input = -1;              // -1: /dev/null; the descriptors stay the caller's
    int standard_output = -1;
    int standard_error = -1;
    bool dies_with_parent = false; // KILL when the thread that starts it ends
};

class Process {
public:
    explicit Process(const ProcessSpec& spec); // leader of a process group of its own
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }

    // The exit code once it has ended, 128 + number when a signal ended it.
    std::optional<int> exit_code();
    std::optional<int> wait_for(std::chrono::milliseconds limit);

    void signal_group(int signal) const; // the process and all below it that are still in its group
    void end();                          // KILL to the group, and reap

private:
    pid_t pid_ = -1;
    std::optional<int> exit_code_;
};

// For exec: what `texts` hold, and a null pointer.
std::vector<char*> pointers_to(const std::vector<std::string>& texts);

// 128 + number when a signal ended it. `status`: waitpid's.
int code_of(int status);

// A file in memory: what a child writes there can be read after its end.
class MemoryFile {
public:
    explicit MemoryFile(const std::string& content = "");
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int descriptor() const { return descriptor_; }
    std::string first(std::size_t limit) const; // at most `limit` bytes from the beginning

private:
    int descriptor_ = -1;
};

} // namespace sandbox
