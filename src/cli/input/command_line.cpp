#include "src/cli/input/command_line.hpp"

#include "src/cli/input/slack_settings.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace snow_white::cli {

namespace {

using drain::status_word;

// "snow-white 0.1.0 (1a2b3c4d)"
std::string release() {
    const std::string_view revision = SNOW_WHITE_REVISION;
    return fmt::format("snow-white {}{}", SNOW_WHITE_VERSION,
                       revision.empty() ? "" : fmt::format(" ({})", revision));
}

// A task's overrides hold 8,192 characters in all, an EB name at most 40.

struct RawOptions {
    std::string action, profile, application, region, timeout, reason, slack_user, batch, watch;
    std::string match = "contains";
    std::vector<std::string> patterns, excluded;
    bool here = false;
    bool wait = false;
    bool dry_run = false;
    bool cancel = false;
    bool json = false;
    bool yes = false;
};

// A line a flag: which ones exclude each other is said when somebody types both.
class CompactHelp : public ::CLI::Formatter {
public:
    CompactHelp() { column_width(26); }
    // The examples say more.
    std::string make_usage(const ::CLI::App* /*app*/, std::string /*name*/) const override {
        return "";
    }
    std::string make_option_opts(const ::CLI::Option* option) const override {
        return option->get_items_expected_max() > 0 ? " " + option->get_type_name() : "";
    }
};

void declare(::CLI::App& app, RawOptions& raw) {
    app.formatter(std::make_shared<CompactHelp>());
    app.set_help_flag("-h,--help", "Say all this");
    app.set_version_flag("--version", release(), "Say which release this is");
    app.add_option("-a", raw.action, "quiet, wake or stop; status: what each worker does now")
        ->required()
        ->type_name("ACTION");
    app.add_option("-e", raw.patterns, "EB environments with this in their names; repeatable")
        ->required()
        ->allow_extra_args(false)
        ->type_name("PATTERN");
    app.add_option("-f", raw.profile, "AWS profile, e.g. staging; with --here several: a,b")
        ->required()
        ->type_name("PROFILE");
    app.add_option("-p", raw.application, "EB application")->required()->type_name("APP");
    app.add_option("-r", raw.region, "The workers' AWS region; several: us-east-1,eu-west-1")
        ->required()
        ->type_name("REGION");
    app.add_option("--exclude", raw.excluded, "... but not those with this; repeatable")
        ->allow_extra_args(false)
        ->type_name("PATTERN");
    app.add_option("--match", raw.match, "How they are compared: contains (default), exact, glob")
        ->type_name("WAY");
    auto* wait =
        app.add_flag("--wait", raw.wait, "Stay until it is over; its result is the exit code");
    auto* here = app.add_flag("--here", raw.here, "Watch from this machine; no Fargate task")
                     ->excludes(wait);
    auto* timeout = app.add_option("--timeout", raw.timeout,
                                   "Stop waiting after this, e.g. 90s, 45m (default 48h)")
                        ->type_name("DURATION");
    app.add_option("--reason", raw.reason, "Why: for Slack, SSM's comment and the task's tag")
        ->type_name("WORDS");
    app.add_option("--slack-user", raw.slack_user,
                   "Who gets Slack's direct message; default: your IAM tag")
        ->type_name("ID");
    auto* batch =
        app.add_option("--batch", raw.batch, "wake: so many instances at a time, e.g. 10 or 25%")
            ->type_name("NUMBER");
    auto* dry_run =
        app.add_flag("--dry-run", raw.dry_run, "Say what would happen and what is in its way")
            ->excludes(wait);
    app.add_flag("--cancel", raw.cancel, "Cancel its SSM commands and tasks that have not sent")
        ->excludes(wait)
        ->excludes(here)
        ->excludes(timeout)
        ->excludes(batch)
        ->excludes(dry_run);
    app.add_option("--watch", raw.watch, "status: anew so often until Ctrl-C, e.g. 60s")
        ->type_name("DURATION");
    app.add_flag("--yes", raw.yes, "stop: do not ask first (it asks on a terminal only)");
    app.add_flag("--json", raw.json, "One JSON object a line (docs/json-lines.schema.json)");
    app.description(description() + "\n\n" + examples());
    app.footer(notes());
}

tl::unexpected<UsageError> usage_error(std::string message) {
    return tl::unexpected(UsageError{std::move(message), true});
}

Parsed<Settings> settings_of(const Environment& environment) {
    std::vector<std::string> unset;
    const auto take = [&](const char* name) {
        if (!environment.has(name)) unset.emplace_back(name);
        return environment.get(name);
    };
    Settings settings{.cluster_region = take("ECS_CLUSTER_REGION"),
                      .cluster = take("ECS_CLUSTER_NAME"),
                      .vpc = take("vpc_id"),
                      .subnet = take("subnet_id"),
                      .security_group = take("sec_group")};
    if (!unset.empty())
        return tl::unexpected(UsageError{
            fmt::format("unset: {}; set {} at the top of snow-white.sh or in the environment",
                        fmt::join(unset, ", "), unset.size() == 1 ? "it" : "them")});
    if (!is_region(settings.cluster_region))
        return tl::unexpected(UsageError{
            fmt::format("ECS_CLUSTER_REGION: \"{}\" is no AWS region; write e.g. us-east-1",
                        settings.cluster_region)});
    const std::string public_ip = environment.get("assign_public_ip", "ENABLED");
    if (public_ip != "ENABLED" && public_ip != "DISABLED")
        return tl::unexpected(UsageError{fmt::format(
            "assign_public_ip: \"{}\" is neither ENABLED nor DISABLED; write one of them",
            public_ip)});
    settings.public_ip = public_ip == "ENABLED";
    return settings;
}

Mode way_of(const RawOptions& raw) {
    if (raw.action == status_word) return Mode::status;
    if (raw.cancel) return Mode::cancel;
    if (raw.here) return Mode::here;
    return raw.wait ? Mode::wait : Mode::launch;
}

Parsed<fleet::NameFilter> pattern_of(const RawOptions& raw) {
    const auto is_empty = [](const std::string& pattern) { return pattern.empty(); };
    if (raw.patterns.empty() || std::ranges::any_of(raw.patterns, is_empty))
        return usage_error(
            "-e: an empty pattern would match every environment; write a part of their names");
    if (std::ranges::any_of(raw.excluded, is_empty))
        return usage_error(
            "--exclude: an empty pattern would leave out every environment; write a part "
            "of their names");
    if (raw.patterns.size() + raw.excluded.size() > most_patterns)
        return usage_error(
            fmt::format("-e and --exclude: {} patterns; write at most {}, or use --match glob",
                        raw.patterns.size() + raw.excluded.size(), most_patterns));
    const auto match = parse_match(raw.match);
    if (!match)
        return usage_error(fmt::format(
            "--match: \"{}\" is no way to match; write contains, exact or glob", raw.match));
    fleet::NameFilter pattern;
    pattern.include = raw.patterns;
    pattern.exclude = raw.excluded;
    pattern.match = *match;
    return pattern;
}

bool is_for_actions(const RawOptions& raw) {
    return raw.wait || raw.here || raw.cancel || raw.dry_run || raw.yes || !raw.timeout.empty() ||
           !raw.batch.empty() || !raw.reason.empty() || !raw.slack_user.empty();
}

// Each look has every instance fetch the script, often from GitHub, which answers an address 60
// times an hour.
constexpr std::chrono::seconds most_often{30};

Parsed<std::optional<std::chrono::seconds>> interval_of(const RawOptions& raw) {
    if (raw.watch.empty()) return std::nullopt;
    if (raw.action != status_word)
        return usage_error("--watch repeats -a status; to stay with an action: --wait or --here");
    const auto every = parse_duration(raw.watch);
    if (!every) return usage_error("--watch: " + every.error().message);
    if (*every < most_often)
        return usage_error(
            fmt::format("--watch: {} is too often for the instances; write {}s or more", raw.watch,
                        most_often.count()));
    return *every;
}

Parsed<Request> with_settings(Request request, const Environment& environment) {
    if (request.mode == Mode::cancel) // it looks for tasks if it is told where, and does without
        request.settings = {.cluster_region = environment.get("ECS_CLUSTER_REGION"),
                            .cluster = environment.get("ECS_CLUSTER_NAME")};
    if (request.mode == Mode::here || request.mode == Mode::cancel || request.mode == Mode::status)
        return request;
    const auto settings = settings_of(environment);
    if (!settings) return tl::unexpected(settings.error());
    request.settings = *settings;
    return request;
}

Parsed<Request> validated(const RawOptions& raw, const Environment& environment) {
    const bool asks = raw.action == status_word;
    const auto action = asks ? drain::Action::quiet : drain::parse_action(raw.action);
    if (!action)
        return usage_error(
            fmt::format("-a: \"{}\" is no action; write quiet, wake, stop or status", raw.action));
    if (asks && is_for_actions(raw))
        return usage_error("-a status only asks, from here; leave out --wait, --here, --cancel, "
                           "--dry-run, --timeout, "
                           "--batch, --reason, --slack-user and --yes");
    const auto pattern = pattern_of(raw);
    if (!pattern) return tl::unexpected(pattern.error());
    const auto profiles = parse_profiles(raw.profile);
    if (!profiles) return usage_error(profiles.error().message);
    if (const Mode mode = way_of(raw);
        profiles->size() > 1 && (mode == Mode::launch || mode == Mode::wait))
        return usage_error(
            "-f: a task acts with the rights of its own account's role; for several profiles add "
            "--here, or run it once for each");
    if (raw.application.empty()) return usage_error("-p: the application's name is empty");
    if (!is_application_name(raw.application))
        return usage_error(fmt::format(
            "-p: \"{}\" is no application's name; write up to 100 characters on one line",
            raw.application));
    const auto regions = parse_regions(raw.region, "-r");
    if (!regions) return usage_error(regions.error().message);
    const auto stack = stack_of(environment);
    if (!stack) return tl::unexpected(stack.error());
    Request request{.mode = way_of(raw),
                    .json = raw.json,
                    .dry_run = raw.dry_run,
                    .yes = raw.yes,
                    .action = *action,
                    .pattern = *pattern,
                    .profiles = *profiles,
                    .application = raw.application,
                    .regions = *regions,
                    .stack = *stack};
    const auto slack = slack_access_of(environment);
    if (!slack) return tl::unexpected(slack.error());
    request.slack = *slack;
    if (!raw.timeout.empty()) {
        const auto timeout = parse_duration(raw.timeout);
        if (!timeout) return usage_error("--timeout: " + timeout.error().message);
        request.timeout = *timeout;
    }
    const auto every = interval_of(raw);
    if (!every) return tl::unexpected(every.error());
    request.every = *every;
    const auto reason = parse_reason(raw.reason, "--reason");
    if (!reason) return usage_error(reason.error().message);
    request.reason = *reason;
    const auto user = raw.slack_user.empty() ? slack_user_of(environment)
                                             : parse_slack_user(raw.slack_user, "--slack-user");
    if (!user) return usage_error(user.error().message);
    request.slack_user = *user;
    if (!raw.batch.empty()) {
        const auto batch = parse_batch(raw.batch, request.action);
        if (!batch) return usage_error("--batch: " + batch.error().message);
        request.batch = *batch;
    }
    return with_settings(std::move(request), environment);
}

} // namespace

std::string description() {
    return "Puts Sidekiq workers on Elastic Beanstalk to sleep without losing a job,\nand wakes "
           "them again.";
}

std::string examples() {
    return R"(Examples, each with -e workers -f production -p shop -r us-east-1:
  snow-white -a quiet … --dry-run  say what would happen, and what is in its way
  snow-white -a quiet …            submit a task; the answer comes by Slack
  snow-white -a wake … --wait      … and stay until it is over
  snow-white -a stop … --here      do it from this machine, without a task
)";
}

std::string notes() {
    return R"(Settings and (defaults), from the environment or the top of snow-white.sh:
  ECS_CLUSTER_REGION ECS_CLUSTER_NAME vpc_id subnet_id sec_group
                 where the task runs; --here needs none, --cancel the first two
  CFN_STACK_NAME (snow-white) assign_public_ip (ENABLED) SNOW_WHITE_SLACK_USER

Exit codes: 0 done, 1 not everywhere, 2 usage, 3 nothing matched, 4 refused,
5 deadline, 6 denied, 7 cancelled, 8 interrupted, 9 AWS does not answer.
docs/operations.md says what to do about each.)";
}

std::vector<std::string> action_words() {
    std::vector<std::string> words;
    for (const auto action : drain::all_actions)
        words.emplace_back(name_of(action));
    words.emplace_back(status_word);
    return words;
}

std::vector<Flag> all_flags() {
    ::CLI::App app;
    RawOptions raw;
    declare(app, raw);
    std::vector<Flag> flags;
    for (const auto* option : app.get_options()) {
        Flag flag{.meaning = option->get_description(),
                  .required = option->get_required(),
                  .repeatable = option->get_expected_max() > 1};
        for (const auto& name : option->get_snames())
            flag.names.push_back("-" + name);
        for (const auto& name : option->get_lnames())
            flag.names.push_back("--" + name);
        if (option->get_items_expected_max() > 0) flag.argument = option->get_type_name();
        flags.push_back(flag);
    }
    return flags;
}

Parsed<std::variant<Request, Printed>> parse_command_line(const std::vector<std::string>& arguments,
                                                          const Environment& environment) {
    ::CLI::App app{"", "snow-white"};
    RawOptions raw;
    declare(app, raw);
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(),
                                           arguments.rend())); // CLI11 takes them from the back
    } catch (const ::CLI::CallForHelp&) {
        return Printed{app.help()};
    } catch (const ::CLI::CallForVersion&) {
        return Printed{release() + "\n"};
    } catch (const ::CLI::ParseError& error) {
        return usage_error(error.what());
    }
    const auto request = validated(raw, environment);
    if (!request) return tl::unexpected(request.error());
    return *request;
}

} // namespace snow_white::cli
