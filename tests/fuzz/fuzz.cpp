// usage: fuzz TARGET [libFuzzer's flags] CORPUS…
#include "tests/fuzz/targets.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

namespace {

using Target = void (*)(const std::string&);

const std::map<std::string, Target> targets{{"json_answers", &fuzz::json_answers},
                                            {"xml_answers", &fuzz::xml_answers},
                                            {"error_answers", &fuzz::error_answers},
                                            {"config_files", &fuzz::config_files},
                                            {"credential_documents", &fuzz::credential_documents},
                                            {"instance_output", &fuzz::instance_output},
                                            {"hostile_report", &fuzz::hostile_report},
                                            {"task_metadata", &fuzz::task_metadata},
                                            {"slack_answers", &fuzz::slack_answers},
                                            {"names_of_people", &fuzz::names_of_people},
                                            {"command_line", &fuzz::command_line},
                                            {"container_environment", &fuzz::container_environment},
                                            {"logs", &fuzz::logs},
                                            {"sidekiq_redis", &fuzz::sidekiq_redis},
                                            {"sidekiq_values", &fuzz::sidekiq_values}};

Target chosen = nullptr;

} // namespace

void fuzz::expect(bool holds, const char* promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

std::vector<std::string> fuzz::lines_of(const std::string& bytes) {
    std::vector<std::string> lines;
    std::istringstream stream(bytes);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// Removes the target's name from the arguments; libFuzzer gets the rest.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    const auto found = *argc > 1 ? targets.find((*argv)[1]) : targets.end();
    if (found == targets.end()) {
        for (const auto& [name, target] : targets)
            std::puts(name.c_str());
        std::exit(*argc > 1 ? 2 : 0);
    }
    chosen = found->second;
    (*argv)[1] = (*argv)[0];
    ++*argv;
    --*argc;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chosen(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
