#include "src/cli/input/command_line.hpp"

#include "src/base/contains.hpp"
#include "src/base/ids.hpp"
#include "src/base/text.hpp"
#include "src/cli/input/environment_filter.hpp"
#include "src/cli/input/sidekiq_settings.hpp"
#include "src/cli/input/slack_settings.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <regex>

namespace snow_white::cli {

namespace {

using drain::status_word;

// "snow-white 0.1.0 (1a2b3c4d)"
std::string release() {
    const std::string_view revision = SNOW_WHITE_REVISION;
    return fmt::format("snow-white {}{}", SNOW_WHITE_VERSION,
                       revision.empty() ? "" : fmt::format(" ({})", revision));
}

// What has to be parsed or checked, beside what goes into the request as it is typed.
struct RawOptions {
    Request request;
    std::string action, profile, region, timeout, reason, slack_user, batch, watch;
    std::string match = "contains";
    bool here = false;
    bool wait = false;
    bool cancel = false;
};

// One line for each flag. Which flags exclude each other is in the error for whoever types both.
class CompactHelp : public ::CLI::Formatter {
public:
    CompactHelp() { column_width(26); }
    // None: the examples show more.
    std::string make_usage(const ::CLI::App* /*app*/, std::string /*name*/) const override {
        return "";
    }
    std::string make_option_opts(const ::CLI::Option* option) const override {
        return option->get_items_expected_max() > 0 ? " " + option->get_type_name() : "";
    }
};

// What is to be done, to which environments.
void declare_selection(::CLI::App& app, RawOptions& raw) {
    app.add_option("-a", raw.action, "quiet, wake, stop; status, jobs: what runs now")
        ->required()
        ->type_name("ACTION")
        ->each([&app](const std::string& word) { // the others are of AWS
            if (word != jobs_word) return;
            for (auto* option : app.get_options())
                option->required(false);
        });
    app.add_option("-e", raw.request.pattern.include,
                   "EB environments with this in their names; repeatable")
        ->required()
        ->allow_extra_args(false)
        ->type_name("PATTERN");
    app.add_option("-f", raw.profile, "AWS profile, e.g. staging; with --here several: a,b")
        ->required()
        ->type_name("PROFILE");
    app.add_option("-p", raw.request.application, "EB application")->required()->type_name("APP");
    app.add_option("-r", raw.region, "The workers' AWS region; several: us-east-1,eu-west-1")
        ->required()
        ->type_name("REGION");
    app.add_option("--exclude", raw.request.pattern.exclude,
                   "... but not those with this; repeatable")
        ->allow_extra_args(false)
        ->type_name("PATTERN");
    app.add_option("--match", raw.match, "How they are compared: contains (default), exact, glob")
        ->type_name("WAY");
}

void declare(::CLI::App& app, RawOptions& raw) {
    app.formatter(std::make_shared<CompactHelp>());
    app.set_help_flag("-h,--help", "Show this help");
    app.set_version_flag("--version", release(), "Show the release");
    declare_selection(app, raw);
    auto* wait =
        app.add_flag("--wait", raw.wait, "Watch until it ends; its result is the exit code");
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
        app.add_option("--batch", raw.batch, "wake: this many instances at a time, e.g. 10 or 25%")
            ->type_name("NUMBER");
    auto* dry_run = app.add_flag("--dry-run", raw.request.dry_run,
                                 "Send nothing; show what would be done or prevent it")
                        ->excludes(wait);
    auto* cancel =
        app.add_flag("--cancel", raw.cancel, "Cancel this action's commands and unsent tasks")
            ->excludes(wait)
            ->excludes(here)
            ->excludes(timeout)
            ->excludes(batch)
            ->excludes(dry_run);
    app.add_option("--watch", raw.watch, "status, jobs: repeat at this interval, e.g. 60s")
        ->type_name("DURATION");
    app.add_flag("--strict", raw.request.strict, "Exit code 1 if others take jobs from its queues")
        ->excludes(cancel);
    app.add_flag("--yes", raw.request.yes, "stop: do not ask first (it asks on a terminal only)");
    app.add_flag("--json", raw.request.json,
                 "One JSON object a line (docs/json-lines.schema.json)");
    app.description(description() + "\n\n" + examples());
    app.footer(notes());
}

Mode mode_of(const RawOptions& raw) {
    if (raw.action == status_word) return Mode::status;
    if (raw.action == jobs_word) return Mode::jobs;
    if (raw.cancel) return Mode::cancel;
    if (raw.here) return Mode::here;
    return raw.wait ? Mode::wait : Mode::launch;
}

// RunTask also takes the cluster's ARN; what names the cluster for people and policies is its name.
Parsed<std::string> cluster_name_of(const std::string& text, const std::string& region) {
    const auto parts = split(text, ':'); // arn:PARTITION:ecs:REGION:ACCOUNT:cluster/NAME
    const bool is_arn = parts.size() == 6 && parts[5].starts_with("cluster/");
    if (is_arn && parts[3] != region)
        return invalid("ECS_CLUSTER_NAME: that cluster is in {}, and ECS_CLUSTER_REGION is {}; "
                       "write the same region",
                       parts[3], region);
    const std::string name = is_arn ? name_of_arn(text) : text;
    if (matches(name, "[A-Za-z0-9_-]{1,255}")) return name;
    return invalid("ECS_CLUSTER_NAME: \"{}\" is no cluster's name; write letters, digits, - and _, "
                   "e.g. tools",
                   text);
}

Parsed<Settings> settings_for(Mode mode, const Environment& environment) {
    if (mode == Mode::here || mode == Mode::status) return Settings{};
    Settings settings{.cluster_region = environment.get("ECS_CLUSTER_REGION"),
                      .cluster = environment.get("ECS_CLUSTER_NAME"),
                      .vpc = environment.get("vpc_id"),
                      .subnet = environment.get("subnet_id"),
                      .security_group = environment.get("sec_group")};
    if (mode == Mode::cancel) return settings; // without a cluster it looks for no tasks
    std::vector<std::string> unset;
    for (const char* const name :
         {"ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id", "subnet_id", "sec_group"})
        if (!environment.has(name)) unset.emplace_back(name);
    if (!unset.empty())
        return invalid("unset: {}; set {} at the top of snow-white.sh or in the environment",
                       fmt::join(unset, ", "), unset.size() == 1 ? "it" : "them");
    if (!is_region(settings.cluster_region))
        return invalid("ECS_CLUSTER_REGION: \"{}\" is no AWS region{}", settings.cluster_region,
                       region_hint(settings.cluster_region, false));
    const auto cluster = cluster_name_of(settings.cluster, settings.cluster_region);
    if (!cluster) return tl::unexpected(cluster.error());
    settings.cluster = *cluster;
    const std::string public_ip = environment.get("assign_public_ip", "ENABLED");
    if (public_ip != "ENABLED" && public_ip != "DISABLED")
        return invalid(
            "assign_public_ip: \"{}\" is neither ENABLED nor DISABLED; write one of them",
            public_ip);
    settings.public_ip = public_ip == "ENABLED";
    return settings;
}

bool has_option_of_actions(const RawOptions& raw) {
    return raw.wait || raw.here || raw.cancel || raw.request.dry_run || raw.request.yes ||
           raw.request.strict || !raw.timeout.empty() || !raw.batch.empty() ||
           !raw.reason.empty() || !raw.slack_user.empty();
}

// Each status command has every instance fetch the script, often from GitHub, which answers an
// address 60 times an hour.
constexpr std::chrono::seconds shortest_watch_interval{30};
// A process writes into Redis each 10 s (5 s before Sidekiq 7).
constexpr std::chrono::seconds shortest_jobs_interval{10};

constexpr std::string_view flags_of_jobs[] = {"-a", "-p", "--watch", "--json"};

Parsed<std::optional<std::chrono::seconds>> watch_interval_of(const RawOptions& raw) {
    if (raw.watch.empty()) return std::nullopt;
    if (raw.action != status_word && raw.action != jobs_word)
        return invalid("--watch repeats -a status and -a jobs; to stay with an action: --wait or "
                       "--here");
    const bool is_jobs = raw.action == jobs_word;
    const auto shortest = is_jobs ? shortest_jobs_interval : shortest_watch_interval;
    const auto interval = parse_duration(raw.watch);
    if (!interval) return invalid("--watch: {}", interval.error().message);
    if (*interval < shortest)
        return invalid("--watch: {} is too often for {}; write {}s or more", raw.watch,
                       is_jobs ? "Sidekiq's Redis" : "the instances", shortest.count());
    return *interval;
}

// Takes each value that is valid, and keeps the first error.
class Validation {
public:
    template <class Value> void take(Parsed<Value> parsed, Value& into) {
        if (parsed)
            into = std::move(*parsed);
        else if (!error_)
            error_ = std::move(parsed.error());
    }
    // An option's value: its error comes with the usage.
    template <class Value>
    void take_option(Parsed<Value> parsed, Value& into, const std::string& prefix = "") {
        if (parsed) into = std::move(*parsed);
        require(parsed.has_value(), prefix + (parsed ? "" : parsed.error().message));
    }
    void require(bool is_met, const std::string& message) {
        if (!is_met && !error_) error_ = UsageError{message, true};
    }
    void require_application(const std::string& name) {
        require(!name.empty(), "-p: the application's name is empty; write e.g. shop");
        require(is_application_name(name),
                fmt::format("-p: \"{}\" is no application's name; write up to 100 characters on "
                            "one line",
                            name));
    }
    const std::optional<UsageError>& error() const { return error_; }

private:
    std::optional<UsageError> error_;
};

std::vector<std::string> names_of(const std::vector<Flag>& flags) {
    std::vector<std::string> names;
    for (const auto& flag : flags)
        names.insert(names.end(), flag.names.begin(), flag.names.end());
    return names;
}

// An option's value was left out, and the next option was taken for it.
std::optional<UsageError> find_missing_value(const std::vector<std::string>& arguments) {
    const auto flags = all_flags();
    const auto names = names_of(flags);
    for (const auto& flag : flags)
        for (std::size_t i = 0; !flag.argument.empty() && i + 1 < arguments.size(); ++i) {
            const std::string& value = arguments[i + 1];
            if (contains(flag.names, arguments[i]) && contains(names, value))
                return UsageError{fmt::format("{}: \"{}\" is an option; write a value before it",
                                              arguments[i], value),
                                  true};
        }
    return std::nullopt;
}

// A flag is there or not: `--dry-run=false` would send.
std::optional<UsageError> find_value_of_flag(const std::vector<std::string>& arguments) {
    for (const auto& flag : all_flags())
        for (const auto& name : flag.names)
            for (const auto& argument : arguments)
                if (flag.argument.empty() && argument.starts_with(name + "="))
                    return UsageError{
                        fmt::format("{} takes no value; write {} alone, or leave it out", name,
                                    name),
                        true};
    return std::nullopt;
}

// An option that has a default: its value was given, and is empty.
std::optional<UsageError> find_empty_value(const ::CLI::App& app) {
    for (const char* const name : {"--timeout", "--reason", "--slack-user", "--batch", "--watch"}) {
        const auto* option = app.get_option(name);
        if (option->count() > 0 && option->results().front().empty())
            return UsageError{
                fmt::format("{}: its value is empty; write one, or leave {} out", name, name),
                true};
    }
    return std::nullopt;
}

// Those that were typed and mean nothing to `-a jobs`.
std::vector<std::string> flags_of_aws(const ::CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* option : app.get_options())
        if (option->count() > 0 && !contains(flags_of_jobs, option->get_name()))
            names.push_back(option->get_name());
    return names;
}

Parsed<Request> validated_jobs(const RawOptions& raw, const ::CLI::App& app) {
    Validation valid;
    Request request = raw.request;
    request.mode = Mode::jobs;
    const auto others = flags_of_aws(app);
    valid.require(others.empty(), fmt::format("-a jobs only reads Sidekiq's Redis; leave out {}",
                                              fmt::join(others, ", ")));
    const auto* application = app.get_option("-p");
    if (application->count() > 0) valid.require_application(request.application);
    valid.take_option(watch_interval_of(raw), request.watch_interval);
    if (valid.error()) return tl::unexpected(*valid.error());
    return request;
}

Parsed<Request> validated(const RawOptions& raw, const Environment& environment) {
    Validation valid;
    Request request = raw.request;
    request.mode = mode_of(raw);
    const bool is_status = request.mode == Mode::status;
    const auto action = is_status ? drain::Action::quiet : drain::parse_action(raw.action);
    valid.require(action.has_value(),
                  fmt::format("-a: \"{}\" is no action; {}", raw.action,
                              suggestion(raw.action, split(action_words(","), ','),
                                         "write quiet, wake, stop, status or jobs")));
    request.action = action.value_or(drain::Action::quiet);
    valid.require(!is_status || !has_option_of_actions(raw),
                  "-a status only asks, from here; leave out --wait, --here, --cancel, --dry-run, "
                  "--timeout, --batch, --reason, --slack-user, --strict and --yes");
    const fleet::NameFilter& typed = raw.request.pattern;
    valid.take_option(make_name_filter(typed.include, typed.exclude, raw.match), request.pattern);
    valid.take_option(parse_profiles(raw.profile), request.profiles);
    valid.require(
        request.profiles.size() <= 1 ||
            (request.mode != Mode::launch && request.mode != Mode::wait),
        "-f: a task acts with the rights of its own account's role; for several profiles add "
        "--here, or run it once for each");
    valid.require_application(request.application);
    valid.take_option(parse_regions(raw.region, "-r"), request.regions);
    valid.take(stack_of(environment), request.stack);
    valid.take(slack_access_of(environment), request.slack);
    if (is_status || request.mode == Mode::here) // a task has the stack's own
        valid.take(sidekiq_addresses_of(environment, request.application), request.sidekiq);
    const std::string strict_failure = why_strict_fails(request);
    valid.require(strict_failure.empty(), strict_failure);
    if (!raw.timeout.empty())
        valid.take_option(parse_duration(raw.timeout), request.timeout, "--timeout: ");
    valid.take_option(watch_interval_of(raw), request.watch_interval);
    valid.take_option(parse_reason(raw.reason, "--reason"), request.reason);
    valid.take_option(raw.slack_user.empty() ? slack_user_of(environment)
                                             : parse_slack_user(raw.slack_user, "--slack-user"),
                      request.slack_user);
    if (!raw.batch.empty())
        valid.take_option(parse_batch(raw.batch, request.action), request.batch, "--batch: ");
    valid.take(settings_for(request.mode, environment), request.settings);
    if (valid.error()) return tl::unexpected(*valid.error());
    return request;
}

} // namespace

std::string description() {
    return "Quiets, stops and wakes Sidekiq on Elastic Beanstalk without losing a job.";
}

std::string examples() {
    return R"(Examples, each with -e workers -f production -p shop -r us-east-1:
  snow-white -a quiet … --dry-run  send nothing; show what would be done
  snow-white -a quiet …            submit a task; the answer comes by Slack
  snow-white -a wake … --wait      … and watch until it ends
  snow-white -a stop … --here      do it from this machine, without a task
)";
}

std::string notes() {
    return R"(Settings and (defaults), from the environment or the top of snow-white.sh:
  ECS_CLUSTER_REGION ECS_CLUSTER_NAME vpc_id subnet_id sec_group
                 where the task runs; --here needs none, --cancel the first two
  CFN_STACK_NAME (snow-white) assign_public_ip (ENABLED) SNOW_WHITE_SLACK_USER
  SIDEKIQ_REDIS_URL: Sidekiq's Redis; -a jobs takes it, -p, --watch and --json
Exit codes (docs/operations.md): 0 done, 1 not everywhere, 2 usage, 3 no match,
4 refused, 5 deadline, 6 denied, 7 cancelled, 8 interrupted, 9 no answer,
70 a bug of ours, 74 the output could not be written.)";
}

std::string action_words(std::string_view separator) {
    std::string words;
    for (const auto action : drain::all_actions)
        words.append(name_of(action)).append(separator);
    return words.append(status_word).append(separator).append(jobs_word);
}

std::vector<Flag> all_flags() {
    ::CLI::App app;
    RawOptions raw;
    declare(app, raw);
    std::vector<Flag> flags;
    for (const auto* option : app.get_options()) {
        Flag flag{.names = split(option->get_name(false, true), ','),
                  .meaning = option->get_description(),
                  .required = option->get_required(),
                  .repeatable = option->get_expected_max() > 1};
        if (option->get_items_expected_max() > 0) flag.argument = option->get_type_name();
        if (flag.argument == "ACTION") flag.choices = action_words(" ");
        if (flag.argument == "WAY") flag.choices = fmt::format("{}", fmt::join(ways_to_match, " "));
        flags.push_back(flag);
    }
    return flags;
}

namespace {

std::string message_for_extra(const std::string& word) {
    if (!word.starts_with('-'))
        return fmt::format("\"{0}\" is left over; for another pattern write -e {0}", word);
    return fmt::format("there is no option {}; {}", word,
                       suggestion(word, names_of(all_flags()), "--help lists them all"));
}

// CLI11's own messages are about its API.
std::string message_for(const ::CLI::App& app, const ::CLI::ParseError& error) {
    const std::string text = error.what();
    const std::string option = text.substr(0, text.find(':'));
    if (const auto extras = app.remaining(); !extras.empty())
        return message_for_extra(extras.front());
    if (error.get_exit_code() == static_cast<int>(::CLI::ExitCodes::ArgumentMismatch))
        return text.find("received") == std::string::npos ? option + ": its value is missing"
               : option == "-r" ? "-r was given twice; write several with commas between them"
                                : option + " was given twice; give it once";
    if (error.get_exit_code() == static_cast<int>(::CLI::ExitCodes::ExcludesError))
        return std::regex_replace(text, std::regex(" excludes "), " and ") + " cannot go together";
    std::vector<std::string> missing;
    for (const auto* one : app.get_options())
        if (one->get_required() && one->count() == 0) missing.push_back(one->get_name());
    if (missing.empty()) return text;
    return fmt::format("{} {} required", fmt::join(missing, ", "),
                       missing.size() == 1 ? "is" : "are");
}

} // namespace

Parsed<std::variant<Request, Printed>> parse_command_line(const std::vector<std::string>& arguments,
                                                          const Environment& environment) {
    ::CLI::App app{"", "snow-white"};
    RawOptions raw;
    declare(app, raw);
    if (const auto wrong = find_value_of_flag(arguments)) return tl::unexpected(*wrong);
    try {
        // CLI11 takes them from the back.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const ::CLI::CallForHelp&) {
        return Printed{app.help()};
    } catch (const ::CLI::CallForVersion&) {
        return Printed{release() + "\n"};
    } catch (const ::CLI::ParseError& error) {
        if (const auto missing = find_missing_value(arguments)) return tl::unexpected(*missing);
        return tl::unexpected(UsageError{message_for(app, error), true});
    }
    if (const auto missing = find_missing_value(arguments)) return tl::unexpected(*missing);
    if (const auto empty = find_empty_value(app)) return tl::unexpected(*empty);
    auto request = raw.action == jobs_word ? validated_jobs(raw, app) : validated(raw, environment);
    if (!request) return tl::unexpected(std::move(request.error()));
    return std::move(*request); // tl::expected leaks a default value where it converts another one
}

} // namespace snow_white::cli
