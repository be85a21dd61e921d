#include "sandbox/instances/booted_host.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/instances/process.hpp"
#include "sandbox/world/document_step.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <regex>
#include <stdexcept>
#include <vector>

namespace sandbox {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t output_limit = 24000;
constexpr std::size_t error_limit = 8000;
constexpr int killed = 137;
constexpr auto private_folder = fs::perms::owner_all;

void make_private_folders(const fs::path& folder) {
    for (fs::path part = folder; !fs::exists(part); part = folder) {
        while (!fs::exists(part.parent_path()))
            part = part.parent_path();
        fs::create_directory(part);
        fs::permissions(part, private_folder);
    }
}

void write_private(const fs::path& file, const std::string& text) {
    make_private_folders(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    fs::permissions(file, private_folder);
}

void collect_lines(const Json& value, std::string& text) {
    if (value.is_string())
        text += value.get<std::string>() + "\n";
    else
        for (const Json& element : value)
            collect_lines(element, text);
}

fs::path file_below(const fs::path& folder, const fs::path& path, const std::string& complaint) {
    const fs::path root = fs::weakly_canonical(folder);
    const fs::path file = fs::weakly_canonical(root / path.relative_path());
    const bool within =
        std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
    if (!within || !fs::is_regular_file(file)) throw std::runtime_error(complaint);
    return file;
}

fs::path on_github(const fs::path& checkout, const Json& info) {
    for (const char* needed : {"owner", "repository"})
        if (info.value(needed, "").empty())
            throw std::runtime_error(std::string(needed) +
                                     " for GitHub SourceType must be specified");
    const std::string path = info.value("path", "");
    return file_below(checkout, path, "no file " + path + " in this checkout");
}

// https://BUCKET.s3.REGION.amazonaws.com/KEY, or https://s3.REGION.amazonaws.com/BUCKET/KEY
fs::path in_s3(const fs::path& objects, const Json& info) {
    static const std::regex url(
        R"(https?://(?:(.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?/(.+))");
    const std::string path = info.value("path", "");
    std::smatch parts;
    if (path.empty()) throw std::runtime_error("S3 source path in SourceInfo must be specified");
    if (!std::regex_match(path, parts, url)) throw std::runtime_error("invalid S3 path parameter");
    return file_below(objects, fs::path(parts[1].str()) / parts[2].str(),
                      "failed to download from " + path +
                          ": NoSuchKey: The specified key does not exist.");
}

// Where aws:downloadContent gets its file from: the agent's source types GitHub and S3, each a
// folder here. Source: amazon-ssm-agent 3.3, plugins/downloadcontent and s3util.
//  - GitHub is this checkout's working tree: `path` is looked up there, whatever the commit asked
//  for.
//  - S3 is a folder with OBJECTS/BUCKET/KEY. The agent lists KEY/ first, takes a refusal of that
//  for a file,
//    and gets the object: s3:GetObject is all that the instance's role needs.
// In: the step's inputs. Failure: std::runtime_error with what the agent would report; never a file
// outside of the folder.
fs::path source_file(const BootedInstance& instance, const Json& inputs) {
    const std::string type = inputs.value("sourceType", "");
    const Json& given = inputs.at("sourceInfo");
    const Json info = given.is_string() ? Json::parse(given.get<std::string>()) : given;
    if (type == "GitHub") return on_github(instance.checkout, info);
    if (type == "S3") return in_s3(instance.objects, info);
    throw std::runtime_error("this sandbox serves the source types GitHub and S3 only, not " +
                             type);
}

// One document on one booted instance, step after step. In: the document's content and its
// parameters. Out: a StepResult for each step that was begun. See booted_host.hpp for what the
// agent does.
class AgentRun : public DocumentRun {
public:
    AgentRun(std::shared_ptr<const BootedInstance> instance, const Json& content,
             const Json& parameters, std::string command_id, Instant now);

    bool finished(Instant now) override;
    void cancel() override;
    const std::vector<StepResult>& steps() const override { return results_; }

private:
    struct Script {
        std::unique_ptr<MemoryFile> output;
        std::unique_ptr<MemoryFile> error;
        std::unique_ptr<Process> process;
        Instant deadline;
    };

    void begin_step(Instant now);
    void download(const Json& inputs);
    void begin_script(const Json& step, Instant now);
    bool script_ended(Instant now);
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

AgentRun::AgentRun(std::shared_ptr<const BootedInstance> instance, const Json& content,
                   const Json& parameters, std::string command_id, Instant now)
    : instance_(std::move(instance)),
      steps_(replace_parameters(content.at("mainSteps"), parameters,
                                content.value("parameters", Json::object()))),
      command_id_(std::move(command_id)),
      orchestration_("/var/lib/amazon/ssm/" + instance_->instance_id + "/document/orchestration/" +
                     command_id_) {
    begin_step(now);
}

bool AgentRun::finished(Instant now) {
    while (!over_) {
        if (script_ && !script_ended(now)) return false;
        results_.back().ended = now;
        over_ = cancelled_ || next_ == steps_.size();
        if (!over_) begin_step(now);
    }
    return true;
}

void AgentRun::cancel() {
    cancelled_ = true;
    if (script_) script_->process->signal_group(SIGKILL);
}

void AgentRun::begin_step(Instant now) {
    const Json& step = steps_.at(next_++);
    const std::string action = step.at("action");
    results_.push_back({.name = step.at("name"), .action = action, .started = now, .ended = now});
    try {
        if (instance_->leader < 0) throw std::runtime_error("the instance has ended");
        if (step.contains("precondition"))
            throw std::runtime_error("this sandbox does not know preconditions");
        if (action == "aws:downloadContent")
            download(step.at("inputs"));
        else if (action == "aws:runShellScript")
            begin_script(step, now);
        else
            throw std::runtime_error("Plugin with name " + action + " is not supported");
    } catch (const std::exception& problem) {
        fail(problem.what());
    }
}

void AgentRun::fail(const std::string& message) {
    results_.back().exit_code = 1;
    results_.back().standard_error += message + "\n";
}

fs::path AgentRun::in_instance(const std::string& path) const {
    return fs::path("/proc/" + std::to_string(instance_->leader) + "/root" + path);
}

void AgentRun::download(const Json& inputs) {
    const fs::path source = source_file(*instance_, inputs);
    const std::string given = inputs.value("destinationPath", "");
    std::string target = given.starts_with("/") ? given : orchestration_ + "/downloads/" + given;
    if (target.ends_with("/") || fs::is_directory(in_instance(target)))
        target += (target.ends_with("/") ? "" : "/") + source.filename().string();
    write_private(in_instance(target), read_file(source));
    results_.back().standard_output = "Content downloaded to " + target + "\n";
}

std::string AgentRun::make_script(const Json& inputs) const {
    std::string text;
    collect_lines(inputs.at("runCommand"), text);
    const std::string path = orchestration_ + "/" + results_.back().name + "/_script.sh";
    write_private(in_instance(path), text);
    return path;
}

std::string AgentRun::working_directory(const Json& inputs) const {
    const std::string given = inputs.value("workingDirectory", "");
    if (given.starts_with("/")) return given;
    const std::string relative = orchestration_ + "/downloads/" + given;
    return fs::exists(in_instance(relative)) ? relative : "/";
}

void AgentRun::begin_script(const Json& step, Instant now) {
    const Json& inputs = step.at("inputs");
    const std::string script = make_script(inputs);
    Script started{.output = std::make_unique<MemoryFile>(),
                   .error = std::make_unique<MemoryFile>(),
                   .deadline = now + step_timeout(step)};
    started.process = std::make_unique<Process>(ProcessSpec{
        .arguments = inside(
            *instance_,
            {"env", "-i", "--chdir=" + working_directory(inputs),
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
             "SSM_COMMAND_ID=" + command_id_, "AWS_SSM_INSTANCE_ID=" + instance_->instance_id,
             "AWS_SSM_REGION_NAME=" + instance_->region, "AWS_SSM_PLATFORM_NAME=Debian",
             "AWS_SSM_PLATFORM_VERSION=12", "sh", "-c", script}),
        .standard_output = started.output->descriptor(),
        .standard_error = started.error->descriptor()});
    script_ = std::move(started);
}

bool AgentRun::script_ended(Instant now) {
    StepResult& result = results_.back();
    if (now >= script_->deadline && !script_->process->exit_code()) {
        result.timed_out = true;
        script_->process->end();
    }
    const std::optional<int> code = script_->process->exit_code();
    if (!code) return false;
    result.exit_code = cancelled_ || result.timed_out ? killed : *code;
    result.standard_output = script_->output->first(output_limit);
    result.standard_error = script_->error->first(error_limit);
    script_.reset();
    return true;
}

} // namespace

std::vector<std::string> inside(const BootedInstance& instance,
                                const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"nsenter", "--target", std::to_string(instance.leader),
                                 "--mount", "--uts",    "--ipc",
                                 "--pid",   "--cgroup", "--root",
                                 "--wd",    "--"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

std::unique_ptr<DocumentRun> BootedHost::run(const Json& content, const Json& parameters,
                                             const std::string& command_id, Instant now) {
    return std::make_unique<AgentRun>(instance_, content, parameters, command_id, now);
}

Json BootedHost::workers(Instant) {
    if (instance_->leader < 0) return Json::array();
    const MemoryFile script(read_file(instance_->checkout / "ssm/snow-white-instance.sh"));
    const MemoryFile output;
    Process process({.arguments = inside(*instance_, {"sh", "-s", "status"}),
                     .standard_input = script.descriptor(),
                     .standard_output = output.descriptor()});
    process.wait_for(std::chrono::seconds{3});
    const Json line = Json::parse(output.first(2500), nullptr, false);
    return line.is_object() && line.contains("workers") ? line["workers"] : Json::array();
}

} // namespace sandbox
