// --cancel in one place: the action's SSM commands that are in flight there for the environments.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/cli/commands/command_scope.hpp"
#include "src/cli/session/context.hpp"

#include <optional>
#include <set>

namespace snow_white::cli {

class CommandCanceller {
public:
    // `request`: for this place alone. What it refers to outlives this.
    CommandCanceller(aws::Client workers, Request request, Context& context)
        : workers_(std::move(workers)), request_(std::move(request)), context_(context) {}

    // Looks, and cancels what it finds. Once more: what was in flight at an earlier look is not
    // told again.
    void look();

    // nothing_matched: nothing is in flight there.
    ExitCode result() const;
    int cancelled() const { return cancelled_; }
    // A command for these environments alone was in flight: whoever follows it learns of its end by
    // itself.
    bool found_ours() const { return found_ours_; }
    // When SSM was given the latest of them; none: there is none, or SSM does not say.
    std::optional<Instant> latest_requested() const { return latest_requested_; }
    // … for there is no such environment, which was said.
    bool matches_nothing() const { return matches_nothing_; }
    // All looks went well: what they did not find is not there.
    bool has_seen() const { return has_seen_; }

    const Request& request() const { return request_; }

private:
    // As every other look, and the instances that are leaving or have just left: a command may name
    // them.
    aws::Result<fleet::FleetSnapshot> look_for_targets();
    aws::Result<std::vector<aws::CommandSummary>> find_in_flight();
    // Environments that these commands name and the pattern matches, and that are there no longer.
    std::set<std::string> find_gone(const std::vector<aws::CommandSummary>& commands,
                                    const fleet::FleetSnapshot& fleet);
    void take(const aws::CommandSummary& command, Scope scope);
    void cancel(const aws::CommandSummary& command);
    void leave(const aws::CommandSummary& command);
    void miss(const std::vector<std::string>& unseen, const std::string& consequence);
    void fail_with(const aws::Error& error, const std::string& fix);
    void tell_that_nothing_matches();

    aws::Client workers_;
    Request request_;
    Context& context_;
    std::set<CommandId> taken_;
    int looks_ = 0;
    int cancelled_ = 0;
    bool found_ours_ = false;
    std::optional<Instant> latest_requested_;
    bool has_seen_ = true;
    bool matches_nothing_ = false;
    std::optional<ExitCode> trouble_;
};

} // namespace snow_white::cli
