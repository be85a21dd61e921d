// What the program was asked to do, validated. In: the command line (command_line.hpp) or the
// container's environment (task_environment.hpp). Out: a Request, or a UsageError that names the
// input and the fix. Nothing here asks AWS.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/drain/model/action.hpp"
#include "src/fleet/model/name_filter.hpp"
#include "src/report/slack/slack_notifier.hpp"
#include "src/sidekiq/addresses.hpp"

#include <fmt/format.h>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace snow_white::cli {

enum class Mode {
    launch,    // submit a Fargate task, and return
    wait,      // submit it, and stay until it is over
    here,      // be the monitor, on this machine
    cancel,    // cancel what is in flight
    status,    // ask each worker what it does, and change nothing
    jobs,      // read Sidekiq's own Redis, and ask AWS nothing
    container, // be the monitor, in the task
};

// Where the task runs: the settings at the top of snow-white.sh.
struct Settings {
    std::string cluster_region; // ECS_CLUSTER_REGION
    std::string cluster;        // ECS_CLUSTER_NAME
    std::string vpc;            // vpc_id
    std::string subnet;         // subnet_id
    std::string security_group; // sec_group
    bool public_ip = true;      // assign_public_ip, ENABLED or DISABLED; unset: ENABLED
};

// The Slack user who gets a direct message; read at the prompt and in the container.
inline constexpr const char* slack_user_variable = "SNOW_WHITE_SLACK_USER";

// `-a jobs` is no action of the drain's, and asks no worker.
inline constexpr std::string_view jobs_word = "jobs";

// Sidekiq's Redis: a URL, several, or JSON that has them for applications. It may hold a password.
inline constexpr const char* redis_variable = "SIDEKIQ_REDIS_URL";

// How the program was typed. snow-white.sh sets it for the program, and a launch for the container.
inline constexpr const char* program_variable = "SNOW_WHITE_PROGRAM";

// What the stack's task definition says, with the older tool's names and defaults.
struct Stack {
    std::string name = "snow-white";                       // CFN_STACK_NAME
    std::string quiet_document = "QuietSideKiqDocument";   // QUIET_COMMAND_LOGICAL_NAME
    std::string wake_document = "WakeSideKiqDocument";     // WAKE_COMMAND_LOGICAL_NAME
    std::string stop_document = "StopSideKiqDocument";     // STOP_COMMAND_LOGICAL_NAME
    std::string status_document = "StatusSideKiqDocument"; // STATUS_COMMAND_LOGICAL_NAME

    const std::string& document_of(drain::Action action) const;
    // How its physical name begins: CloudFormation adds a random part.
    std::string document_prefix(drain::Action action) const;
};

// One account's view of one region. Its name labels what is printed about it: "eu-west-1",
// "production/eu-west-1"; empty where the request has no other.
struct RegionTarget {
    std::string profile;
    std::string region;
    std::string name;
};

inline constexpr std::chrono::seconds default_timeout = std::chrono::hours{48};

struct Request {
    Mode mode = Mode::launch;
    bool json = false;          // events as JSON, a line each
    bool live_progress = false; // a person at a terminal sees the progress screen
    bool dry_run = false;       // show what `mode` would do, and send nothing
    bool yes = false;           // a stop on a terminal does not ask first
    bool strict = false;        // others that take from the fleet's queues make it partial
    drain::Action action = drain::Action::quiet;
    fleet::NameFilter pattern;
    std::vector<std::string> profiles; // in the container: for messages only, it has no such files
    std::string application;
    std::vector<std::string> regions; // the workers'
    std::chrono::seconds timeout = default_timeout;
    std::optional<std::chrono::seconds> watch_interval = {}; // of status, jobs; none: once
    std::string batch; // of a wake: how many instances at a time, "10" or "25%"; empty: all
    Settings settings; // for launch, wait and their --dry-run; for cancel the cluster, if it is set
    Stack stack;
    report::SlackAccess slack;
    // Of the application, for --here, status and the container; no server: Redis is not asked.
    sidekiq::Addresses sidekiq;
    std::string reason;     // the operator's words, printable; empty: not given
    std::string slack_user; // gets a direct message; empty: the tag of the IAM user says who
    // For the command that a report names as the next one:
    std::string program = "snow-white.sh"; // as it was typed
    bool waits = false;                    // in the container: the launch was typed with --wait

    // Each region as each profile sees it; at least one.
    std::vector<RegionTarget> region_targets() const;
    // The same request for that target alone.
    Request at(const RegionTarget& target) const;
    // The first: the only one in a request for one target.
    const std::string& profile() const { return profiles.front(); }
    const std::string& region() const { return regions.front(); }
};

// One line that names the input and the fix.
struct UsageError {
    std::string message;
    bool show_usage = false;
    // In the container: the line for Slack, which repeats no value. Empty: Slack gets no details.
    std::string to_slack = {};
};
struct Printed {
    std::string text; // --help, --version: not an error, nothing more to do
};
template <class T> using Parsed = tl::expected<T, UsageError>;

template <class... Arguments>
tl::unexpected<UsageError> invalid(fmt::format_string<Arguments...> text,
                                   Arguments&&... arguments) {
    return tl::unexpected(UsageError{fmt::format(text, std::forward<Arguments>(arguments)...)});
}

// For a message that repeats no value: Slack gets it, too.
template <class... Arguments>
UsageError also_to_slack(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    const std::string message = fmt::format(text, std::forward<Arguments>(arguments)...);
    return {message, false, message};
}

// What to check when AWS does not know the stack, or one of its resources, in that region.
std::string deployment_hint(const Stack& stack, const std::string& region);

// Refused: a name under which the stack's own template cannot be deployed.
Parsed<Stack> stack_of(const Environment& environment);

// "90s", "45m", "6h"; at most a year
Parsed<std::chrono::seconds> parse_duration(const std::string& text);

// "10" or "25%", for an action that can be done in batches.
Parsed<std::string> parse_batch(const std::string& text, drain::Action action);

// "us-east-1,eu-west-1": each a region, each once. `where`: the option or variable, for the error.
Parsed<std::vector<std::string>> parse_regions(const std::string& text, const std::string& where);
// "staging,production": each once, none empty.
Parsed<std::vector<std::string>> parse_profiles(const std::string& text);
// The form that the two above read.
std::string comma_list(const std::vector<std::string>& names);

bool is_region(const std::string& text);
// For the error about one that is none: "; did you mean us-east-1?" `takes_several`: a list is
// possible in its place.
std::string region_hint(const std::string& text, bool takes_several);

// One line, and no longer than Elastic Beanstalk allows.
bool is_application_name(const std::string& text);

// A Slack member's id, as Slack copies it: U0ALICE00. It begins with U or W. Source:
// https://docs.slack.dev/reference/objects/user-object. `where`: the option or variable, for the
// error.
Parsed<std::string> parse_slack_user(const std::string& text, const std::string& where);
// From its variable; empty where that is not set.
Parsed<std::string> slack_user_of(const Environment& environment);
// The reason as it is kept: one line, without terminal control characters. `where`: as above.
Parsed<std::string> parse_reason(const std::string& text, const std::string& where);

} // namespace snow_white::cli
