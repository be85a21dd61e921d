// --dry-run: what could not be checked, and the words that its looks at the account share.
#pragma once

#include "src/aws/result.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// Told in one line at the end of its life, since one policy grants all of it.
class Unchecked {
public:
    explicit Unchecked(Findings& findings) : findings_(findings) {}
    Unchecked(const Unchecked&) = delete;
    Unchecked& operator=(const Unchecked&) = delete;
    ~Unchecked();

    // True: what was asked for is there or not, and that is not known. False: it is not there.
    bool take(const aws::Error& error, const std::string& what);

private:
    Findings& findings_;
    std::vector<std::string> rights_;
};

// A command of the AWS CLI for who typed this one.
std::string cli(const Request& request, const std::string& region, const std::string& words);

} // namespace snow_white::cli
