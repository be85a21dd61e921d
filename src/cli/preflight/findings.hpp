// What --dry-run finds: a fact, a warning, or what stands in the way. Each is told as it is found.
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

    // The same event as a drain's first: what is said in words are findings.
    void see(const fleet::FleetSnapshot& fleet, const Request& request);

    // What stands in the way; `what` names the fix, too.
    void block(ExitCode code, const std::string& what);
    // `doubt`: what to look at when AWS answers that it does not know what was named.
    void block(const aws::Error& error, const std::string& doubt);

    // Says how many stand in the way. The code is the first one's.
    ExitCode end();

private:
    bool told(const char* level, const std::string& what);

    Context& context_;
    int blocking_ = 0;
    ExitCode result_ = ExitCode::done;
};

} // namespace snow_white::cli
