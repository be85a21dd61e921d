// One document on one booted instance, step after step. In: the document's content and its
// parameters. Out: a StepResult for each step that was begun. See booted_host.hpp for what the
// agent does.
#pragma once

#include "sandbox/instances/booted_host.hpp"
#include "sandbox/instances/process.hpp"
#include "sandbox/world/host.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

class AgentRun : public DocumentRun {
public:
    AgentRun(std::shared_ptr<const BootedInstance> instance, const Json& content,
             const Json& parameters, std::string command_id, snow_white::Instant now);

    bool finished(snow_white::Instant now) override;
    void cancel() override;
    const std::vector<StepResult>& steps() const override { return results_; }

private:
    struct Script {
        std::unique_ptr<MemoryFile> output;
        std::unique_ptr<MemoryFile> error;
        std::unique_ptr<Process> process;
        snow_white::Instant deadline;
    };

    void begin_step(snow_white::Instant now);
    void download(const Json& inputs);
    void begin_script(const Json& step, snow_white::Instant now);
    bool script_ended(snow_white::Instant now);
    void fail(const std::string& message);

    std::filesystem::path in_instance(const std::string& path) const; // as seen from here
    std::string make_script(const Json& inputs) const;                // path inside
    std::string working_directory(const Json& inputs) const;          // path inside

    std::shared_ptr<const BootedInstance> instance_;
    Json steps_; // mainSteps with parameters replaced
    std::string command_id_;
    std::string orchestration_; // the command's folder, inside
    std::size_t next_ = 0;
    std::vector<StepResult> results_;
    std::optional<Script> script_;
    bool cancelled_ = false;
    bool over_ = false;
};

} // namespace sandbox
