// --cancel in one region: the action's SSM commands that are in flight for the environments. In:
// the region's session. Out: what was found and cancelled, printed as it happens.
#pragma once

#include "src/cli/session/aws_session.hpp"

#include <map>
#include <optional>
#include <set>

namespace snow_white::cli {

struct CommandsFound {
    int cancelled = 0;
    // A command for these environments and no others was in flight: a task that follows it learns
    // of its end from SSM.
    bool has_ours = false;
    std::optional<Instant> latest_requested; // of those commands, SSM's stamp; none: not known
    bool is_complete = true;                 // no call failed: what was not found is not there
    bool matches_nothing = false;            // there is no such environment, which was printed
    std::optional<ExitCode> trouble;
    std::set<CommandId> handled;
    int searches = 0;

    ExitCode code() const { // nothing_matched: nothing was in flight
        if (trouble) return *trouble;
        return cancelled > 0 ? ExitCode::done : ExitCode::nothing_matched;
    }
};
using CommandsByRegion = std::map<std::string, CommandsFound>;

// Can be called again with the same `found`: what an earlier call printed is not printed again.
void cancel_commands(RegionSession& region, Context& context, CommandsFound& found);

} // namespace snow_white::cli
