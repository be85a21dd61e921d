// The entry point of the container's image. In: any environment. Out: the program, started with the
// variables of container_variable_names.hpp and no others. It is linked statically, so that no
// variable that was set with the task reaches the dynamic loader: LD_AUDIT and LD_DEBUG write text
// of the caller's into the log, LD_TRACE_LOADED_OBJECTS ends the program with exit code 0.
#include "src/cli/input/container_variable_names.hpp"

#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace {

constexpr char program[] = "/lib/snow-white/snow-white"; // scripts/collect puts it there
constexpr int internal_error = 70;                       // EX_SOFTWARE, as in report/names.hpp

bool is_known(const char* line) {
    for (const auto name : snow_white::cli::container_variable_names)
        if (std::strncmp(line, name.data(), name.size()) == 0 && line[name.size()] == '=')
            return true;
    return false;
}

} // namespace

int main(int, char** argv, char** environment) {
    char** kept = environment;
    for (char** line = environment; *line != nullptr; ++line)
        if (is_known(*line)) *kept++ = *line;
    *kept = nullptr;
    execve(program, argv, environment);
    std::perror("snow-white: the image has no program");
    return internal_error;
}
