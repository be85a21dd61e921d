// Runs a program that hands out credentials (credential_process, the AWS CLI) and takes in what it
// prints.
#pragma once

#include <string>
#include <vector>

namespace snow_white {

struct ChildOutput {
    int exit_code = 0; // 127: it could not be started
    std::string standard_output;
    std::string standard_error;
};

ChildOutput run_child(const std::vector<std::string>& arguments);

} // namespace snow_white
