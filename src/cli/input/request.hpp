// What was asked, validated: from the command line (options.cpp) or from the container's
// environment (container.cpp).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/environment.hpp"
#include "src/drain/model/action.hpp"
#include "src/fleet/model/name_filter.hpp"
#include "src/report/slack/slack_notifier.hpp"

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

// Whom Slack tells, at the prompt and in the container.
inline constexpr const char* slack_user_variable = "SNOW_WHITE_SLACK_USER";

// What the stack's task definition says, with the older tool's names and defaults.
struct Stack {
    std::string name = "snow-white";                       // CFN_STACK_NAME
    std::string quiet_document = "QuietSideKiqDocument";   // QUIET_COMMAND_LOGICAL_NAME
    std::string wake_document = "WakeSideKiqDocument";     // WAKE_COMMAND_LOGICAL_NAME
    std::string stop_document = "StopSideKiqDocument";     // STOP_COMMAND_LOGICAL_NAME
    std::string status_document = "StatusSideKiqDocument"; // STATUS_COMMAND_LOGICAL_NAME

    const std::string& document_of(drain::Action action) const;
    // How its physical name begins: CloudFormation adds something random.
    std::string document_prefix(drain::Action action) const;
};

// One account's view of one region.
struct RegionTarget {
    std::string profile;
    std::string region;
    std::string
        name; // among several, in what is told: "eu-west-1", "production/eu-west-1"; else empty
};

struct Request {
    Mode mode = Mode::launch;
    bool json = false;          // events as JSON, a line each
    bool live_progress = false; // a person at a terminal sees a picture of it
    bool dry_run = false;       // say what `way` would do, and send nothing
    bool yes = false;           // a stop on a terminal does not ask first
    drain::Action action = drain::Action::quiet;
    fleet::NameFilter pattern;
    std::vector<std::string>
        profiles; // in the container: words for messages, none of its files are there
    std::string application;
    std::vector<std::string> regions; // the workers'
    std::chrono::seconds timeout = std::chrono::hours{48};
    std::optional<std::chrono::seconds> every = {}; // status: anew so often; none: once
    std::string batch; // wake: how many instances at a time, "10" or "25%"; empty: all
    Settings
        settings; // of launch and wait, --dry-run included; of a cancel the cluster, if it is set
    Stack stack;
    report::SlackAccess slack;
    std::string reason;     // the operator's words, harmless to print; empty: not given
    std::string slack_user; // gets a direct message; empty: the tag of the IAM user says who

    // Each region as each profile sees it; at least one.
    std::vector<RegionTarget> region_targets() const;
    // The same for that place alone. What is about one place has such a request, and asks it for
    // its region and profile; of one for several these are the first.
    Request at(const RegionTarget& place) const;
    const std::string& profile() const { return profiles.front(); }
    const std::string& region() const { return regions.front(); }
};

// One clear line that names the input and the fix.
struct UsageError {
    std::string message;
    bool show_usage = false;
    std::string to_slack =
        {}; // of a container's: the same without a word of the value; empty: nothing of it
};
struct Printed {
    std::string text; // --help, --version: not an error, nothing more to do
};
template <class T> using Parsed = tl::expected<T, UsageError>;

// Words for a stack, or something of it, that AWS does not know there.
std::string deployment_hint(const Stack& stack, const std::string& region);

// Refused: a name under which the stack's own template cannot be deployed.
Parsed<Stack> stack_of(const Environment& environment);

// "90s", "45m", "6h"
Parsed<std::chrono::seconds> parse_duration(const std::string& text);

// "10" or "25%", of an action that may be done in batches.
Parsed<std::string> parse_batch(const std::string& text, drain::Action action);

// -e and --exclude together.
inline constexpr std::size_t most_patterns = 100;

// "contains", "exact", "glob"
std::optional<fleet::Match> parse_match(const std::string& text);

// "us-east-1,eu-west-1": each a region, each once. `where`: the option or variable, for the error.
Parsed<std::vector<std::string>> parse_regions(const std::string& text, const std::string& where);
// "staging,production": each once, none empty.
Parsed<std::vector<std::string>> parse_profiles(const std::string& text);

// As the two above read it.
std::string in_a_list(const std::vector<std::string>& names);

bool is_region(const std::string& text);

// On one line, and no longer than Elastic Beanstalk has it.
bool is_application_name(const std::string& text);

// A member's id, as Slack copies it: U0ALICE00. Source:
// https://docs.slack.dev/reference/objects/user-object
// ("U" or "W"). `where`: the option or variable, for the error.
Parsed<std::string> parse_slack_user(const std::string& text, const std::string& where);
// The reason as it is kept: one line, no character that steers a terminal. `where`: as above.
Parsed<std::string> parse_reason(const std::string& text, const std::string& where);
// From its variable; empty where that is not set.
Parsed<std::string> slack_user_of(const Environment& environment);

} // namespace snow_white::cli
