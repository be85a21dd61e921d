// The process that stands in for a Fargate container: started a moment after it is asked for, with
// only the environment given, its output captured line by line, ended by SIGTERM and then SIGKILL,
// and gone with all its children when this object goes or when the sandbox itself dies.
#pragma once

#include "sandbox/base/types.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct ContainerSpec {
    std::string program; // absolute
    std::vector<std::string> arguments;
    std::vector<std::string> environment; // NAME=value
    std::string log_file;                 // empty: none
    std::string start_failure;            // why it cannot be started; empty: nothing known
    Duration start_after{400};
    Duration stop_timeout{30'000};
};

class ContainerProcess {
public:
    // Both are called from a thread of its own; `started` once, before the program runs.
    struct Callbacks {
        std::function<void()> started;
        std::function<void(const std::string& line)> line;
    };

    // `clock` only dates things; delays pass in real time, as the process does.
    ContainerProcess(ContainerSpec spec, Callbacks callbacks, const Clock& clock);
    ~ContainerProcess();
    ContainerProcess(const ContainerProcess&) = delete;
    ContainerProcess& operator=(const ContainerProcess&) = delete;

    void stop(); // SIGTERM now, SIGKILL after stop_timeout

    struct Progress {
        std::optional<Instant> started;
        std::optional<Instant> ended; // also when it never started
        std::optional<int> exit_code; // 128 + signal when killed; none when it never started
        std::string failure;          // why it never started
        int pid = 0;
    };
    Progress progress() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace sandbox
