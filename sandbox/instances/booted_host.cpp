#include "sandbox/instances/booted_host.hpp"

#include "sandbox/instances/agent_run.hpp"
#include "sandbox/instances/process.hpp"

#include <fstream>
#include <sstream>

namespace sandbox {

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
                                             const std::string& command_id,
                                             snow_white::Instant now) {
    return std::make_unique<AgentRun>(instance_, content, parameters, command_id, now);
}

Json BootedHost::workers(snow_white::Instant) {
    if (instance_->leader < 0) return Json::array();
    std::ifstream file(instance_->checkout / "ssm/snow-white-instance.sh");
    std::stringstream text;
    text << file.rdbuf();
    const MemoryFile script(text.str());
    const MemoryFile output;
    ProcessSpec spec;
    spec.arguments = inside(*instance_, {"sh", "-s", "status"});
    spec.standard_input = script.descriptor();
    spec.standard_output = output.descriptor();
    Process process(spec);
    process.wait_for(std::chrono::seconds{3});
    const Json line = Json::parse(output.first(2500), nullptr, false);
    return line.is_object() && line.contains("workers") ? line["workers"] : Json::array();
}

} // namespace sandbox
