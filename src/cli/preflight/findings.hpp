// What --dry-run finds: facts, warnings, and what would prevent a run. In: what the checks found.
// Out: a line for each, printed as it is found, and the exit code.
#pragma once

#include "src/aws/result.hpp"
#include "src/cli/session/context.hpp"
#include "src/fleet/model/snapshot.hpp"

namespace snow_white::cli {

class Findings {
public:
    explicit Findings(Context& context) : context_(context) {}

    void print(const std::string& fact);
    void warn(const std::string& what);
    // It prevents a run; `what` names the fix, too.
    void block(ExitCode code, const std::string& what);
    // `hint`: what to check when AWS answers that it does not know what was named.
    void block(const aws::Error& error, const std::string& hint);

    template <class First, class... More>
    void print(fmt::format_string<First, More...> fact, First&& first, More&&... more) {
        print(fmt::format(fact, std::forward<First>(first), std::forward<More>(more)...));
    }
    template <class First, class... More>
    void warn(fmt::format_string<First, More...> what, First&& first, More&&... more) {
        warn(fmt::format(what, std::forward<First>(first), std::forward<More>(more)...));
    }
    template <class First, class... More>
    void block(ExitCode code, fmt::format_string<First, More...> what, First&& first,
               More&&... more) {
        block(code, fmt::format(what, std::forward<First>(first), std::forward<More>(more)...));
    }

    // With --json: the same event as a drain's first. Lines for people are findings.
    void print_fleet(const fleet::FleetSnapshot& fleet, const Request& request);

    // Prints how many findings would prevent the run. The code is the first one's.
    ExitCode end();

private:
    bool print_json(const char* level, const std::string& text);

    Context& context_;
    int blocking_ = 0;
    ExitCode result_ = ExitCode::done;
};

// What could not be checked. Missing rights are printed as one line when this object is destroyed,
// since one policy grants all of them.
class Unchecked {
public:
    explicit Unchecked(Findings& findings) : findings_(findings) {}
    Unchecked(const Unchecked&) = delete;
    Unchecked& operator=(const Unchecked&) = delete;
    ~Unchecked();

    // False: AWS answered that `what` does not exist. True: nothing is known about it.
    bool add(const aws::Error& error, const std::string& what);

private:
    Findings& findings_;
    std::vector<std::string> rights_;
};

// A command of the AWS CLI for the person who typed this one. `words`: without region and profile.
std::string aws_cli_command(const Request& request, const std::string& region,
                            const std::string& words);

// The command that updates the request's stack from this checkout. `overrides`: of its parameters,
// each with a blank before it; empty: they stay as they are.
std::string deploy_command(const Request& request, const std::string& region,
                           const std::string& overrides);

} // namespace snow_white::cli
