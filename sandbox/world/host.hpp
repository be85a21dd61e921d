// What lies behind one instance: something that runs an SSM document. Two kinds exist: a booted one
// (systemd in a container, the document's steps really run) and a simulated one (a model of
// workers). The sandbox polls; a Host never blocks the caller for longer than it takes to look.
#pragma once

#include "sandbox/base/types.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sandbox {

struct StepResult {
    std::string name;   // the step's name in mainSteps
    std::string action; // aws:runShellScript, …
    int exit_code = 0;
    std::string standard_output;
    std::string standard_error;
    Instant started{};
    Instant ended{};
    bool timed_out = false;
};

// One document being run on one instance. Destroying it ends what still runs.
class DocumentRun {
public:
    virtual ~DocumentRun() = default;
    virtual bool finished(Instant now) = 0;
    virtual void cancel() = 0; // asks; finished() says when it has come to an end
    virtual bool is_dropped() const { return false; } // its agent runs it no more, and tells nobody
    virtual const std::vector<StepResult>& steps() const = 0; // whole once finished
};

class Host {
public:
    virtual ~Host() = default;
    // `content` is the document (schema 2.2), `parameters` {name: [values]} after defaults.
    virtual std::unique_ptr<DocumentRun> run(const Json& content, const Json& parameters,
                                             const std::string& command_id, Instant now) = 0;
    virtual std::string hostname() const = 0;
    // What the sandbox's page shows: the workers as the instance line (docs/instance-line.md) has
    // them.
    virtual Json workers(Instant now) = 0;
};

} // namespace sandbox
