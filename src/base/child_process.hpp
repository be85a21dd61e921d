// Runs a program and waits for its end. In: its name and arguments; PATH is searched. Out: its exit
// code, standard output and standard error. An interruption ends the child. For programs that print
// credentials: credential_process and the AWS CLI.
#pragma once

#include "src/base/clock.hpp"

#include <string>
#include <vector>

namespace snow_white {

struct ChildOutput {
    int exit_code = 0; // 127: it could not be started; 128 + N: signal N ended it
    std::string standard_output;
    std::string standard_error;
};

ChildOutput run_child(const std::vector<std::string>& arguments, const Clock& clock);

} // namespace snow_white
