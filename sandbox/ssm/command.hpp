// One command and its invocations: plain data that progress.cpp moves on and answers.cpp shows.
#pragma once

#include "sandbox/ssm/status.hpp"
#include "sandbox/world/world.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct Invocation {
    std::string instance_id;
    std::string instance_name;
    InvocationStatus status = InvocationStatus::pending;
    std::optional<Instant> sent;
    std::optional<Instant> ended;
    std::unique_ptr<DocumentRun> run; // while it runs and its instance can be reached
    std::vector<StepResult> steps;    // once it has ended
};

struct Command {
    std::string id;
    Json request;    // SendCommand's parameters, as they came
    Json content;    // the document
    Json parameters; // for the run: given ones and defaults
    Instant requested{};
    Instant expires{};
    bool resolved = false; // its targets are known (for tags a moment after the send)
    std::vector<Invocation> invocations;

    Tally tally() const;
    CommandStatus status() const;
    int max_concurrency() const;
    int max_errors() const;
};

// SSM answers the send first and makes the invocations then: until that moment a command by tag has no
// targets and GetCommandInvocation answers InvocationDoesNotExist. The agent fetches a moment later.
inline constexpr Duration targets_known_after{500};
inline constexpr Duration delivered_after{800};

} // namespace sandbox
