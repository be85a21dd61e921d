// The entry point of the container's image: linked statically, so that no variable of whoever
// starts the task reaches the loader (LD_AUDIT and LD_DEBUG write words of theirs into the log,
// LD_TRACE_LOADED_OBJECTS ends it with exit code 0). It starts the program with the variables of
// the table and no others.
#include "src/cli/input/container_variable_names.hpp"

#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace {

constexpr char program[] = "/lib/snow-white/snow-white"; // scripts/collect puts it there
constexpr int internal_error = 70;                       // EX_SOFTWARE, as in report/exit_code.hpp

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
