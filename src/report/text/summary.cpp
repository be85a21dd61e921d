#include "src/report/text/summary.hpp"

#include "src/base/enum_names.hpp"
#include "src/base/pluralize.hpp"
#include "src/drain/model/pods.hpp"
#include "src/drain/model/sidekiq_text.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

using drain::Action;
using drain::InstanceResult;
using drain::Outcome;
using drain::Report;
using drain::Verdict;

std::size_t count(const Report& report, Outcome outcome) {
    return static_cast<std::size_t>(
        std::ranges::count(report.instances, outcome, &InstanceResult::outcome));
}

bool is_verified(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::already;
}

struct WorkerCounts {
    std::size_t as_asked = 0;
    std::size_t stopped = 0; // of a quiet: services that were stopped before
};

// A stopped service has no worker process, so services are counted.
WorkerCounts count_workers(const Report& report) {
    WorkerCounts counts;
    for (const auto& instance : report.instances)
        for (const auto& worker : instance.workers) {
            if (!is_verified(instance.outcome)) continue;
            const bool is_stopped =
                report.action == Action::quiet && worker.state == drain::WorkerState::stopped;
            ++(is_stopped ? counts.stopped : counts.as_asked);
        }
    return counts;
}

// "all 3 workers on 2 instances are quiet and idle"
std::string all_are(std::size_t count, std::string_view what, const std::string& where,
                    std::string_view state) {
    return fmt::format("{}{}{} {} {}", count == 1 ? "" : "all ", pluralize(count, what), where,
                       count == 1 ? "is" : "are", state);
}

std::string verified_sentence(const Report& report, std::size_t instances) {
    const WorkerCounts workers = count_workers(report);
    const std::string where = " on " + pluralize(instances, "instance");
    if (workers.stopped > 0 && workers.as_asked == 0)
        return all_are(workers.stopped, "service", where, "stopped: they take no jobs");
    const std::string sentence =
        all_are(workers.as_asked, report.action == Action::stop ? "service" : "worker", where,
                goal_text(report.action));
    if (workers.stopped == 0) return sentence;
    return fmt::format("{}; {} {} stopped", sentence, pluralize(workers.stopped, "service"),
                       workers.stopped == 1 ? "is" : "are");
}

// "still running 3 jobs; not restarted"
std::string busy_text(int jobs, Action action) {
    return fmt::format("still running {}{}", jobs == 0 ? "a job" : pluralize(jobs, "job"),
                       action == Action::wake ? "; not restarted" : "");
}

std::string line_for(const InstanceResult& instance, Action action) {
    const int jobs = count_jobs(instance.workers);
    const bool is_busy = instance.outcome == Outcome::busy;
    std::string line =
        fmt::format("{} ({}): {}", instance.id.text,
                    instance.environment.empty() ? "environment unknown" : instance.environment,
                    is_busy ? busy_text(jobs, action) : std::string(text_for(instance.outcome)));
    const bool repeats = is_busy && instance.note.starts_with(text_for(Outcome::busy));
    if (!instance.note.empty() && !repeats) line += ": " + instance.note;
    if (jobs > 0 && !is_busy && !is_success(instance.outcome))
        line += fmt::format("; {} running", pluralize(jobs, "job"));
    return line;
}

constexpr EnumName<Action> state_names[] = {
    {Action::quiet, "QUIET"}, {Action::wake, "AWAKE"}, {Action::stop, "STOPPED"}};
static_assert(has_all_enumerators(state_names));

// By the verification, or by EC2 where nothing runs.
bool is_verified(const Report& report) {
    return report.workers_were_asked && count(report, Outcome::completed) == 0;
}

std::string done_sentence(const Report& report) {
    const std::size_t done = count(report, Outcome::done) + count(report, Outcome::already);
    const std::size_t completed = count(report, Outcome::completed);
    if (report.instances.empty())
        return fmt::format("no instance in {}: nothing runs there",
                           pluralize(report.environments.size(), "environment"));
    if (done + completed == 0) return "no running instance left: nothing runs there";
    if (is_verified(report)) return verified_sentence(report, done);
    return fmt::format("SSM reports {} of {} as done; NOT VERIFIED that the workers are {}",
                       done + completed, pluralize(done + completed, "instance"),
                       goal_text(report.action));
}

// "acme-eks runs on EKS: its pods were not reached"
std::string pods_text(const Report& report) {
    const bool one = report.on_pods.size() == 1;
    return fmt::format("{} {} on EKS: {} pods were not reached", fmt::join(report.on_pods, ", "),
                       one ? "runs" : "run", one ? "its" : "their");
}

// With --strict, in a report without an instance that failed.
bool only_others_work(const Report& report) {
    return report.on_pods.empty() && report.sidekiq.other_processes > 0 &&
           report.unverified.empty();
}

// The deadline came before the region's command was sent.
bool is_unsent(const drain::RegionResult& region) {
    return region.verdict == Verdict::timed_out && !region.may_have_sent;
}

std::string unsent_regions(const Report& report) {
    std::vector<std::string> names;
    for (const auto& one : report.regions)
        if (is_unsent(one)) names.push_back(one.region_label);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string partial_sentence(const Report& report) {
    if (report.instances.empty() && !report.on_pods.empty())
        return "no instance got the command; " + pods_text(report);
    if (report.verdict == Verdict::timed_out && !report.may_have_sent) return "nothing was sent";
    if (report.instances.empty() && !report.may_have_sent)
        return report.regions.empty() ? "nothing was sent, and not all of the fleet was seen"
                                      : "nothing was sent, in no region";
    const auto failed = std::ranges::count_if(
        report.instances, [](const auto& one) { return !is_success(one.outcome); });
    if (failed == 0 && only_others_work(report))
        return fmt::format("every instance reports {}, but others work", goal_text(report.action));
    if (const auto unsent = unsent_regions(report); failed == 0 && !unsent.empty())
        return fmt::format("every instance that got the command reports {}, and nothing was sent "
                           "in {}",
                           goal_text(report.action), unsent);
    if (failed == 0)
        return fmt::format("every instance reports {}, but {}", goal_text(report.action),
                           report.on_pods.empty() ? "not all of it could be checked"
                                                  : pods_text(report));
    // Those that are gone are in no other count of the run.
    const auto there = static_cast<std::size_t>(std::ranges::count_if(
        report.instances, [](const auto& one) { return !is_gone(one.outcome); }));
    return fmt::format("{} of {} {} NOT {}{}", failed, pluralize(there, "instance"),
                       failed == 1 ? "is" : "are", goal_text(report.action),
                       report.on_pods.empty() ? "" : "; " + pods_text(report));
}

// For a run that ended before its commands: what the workers do, and how many had finished.
std::string unfinished_text(const Report& report) {
    if (!report.may_have_sent) return "nothing was sent";
    if (report.is_send_unknown)
        return fmt::format("it is not known whether the {} was sent", name_of(report.action));
    std::string text = fmt::format("the {} continues", name_of(report.action));
    if (report.last_counts)
        text += fmt::format(", {} of {} had finished when last seen", report.last_counts->completed,
                            pluralize(report.last_counts->targeted, "instance"));
    return text;
}

std::string deploy_text(const Report& report) {
    if (report.deploying.empty()) return "";
    return fmt::format("; a deploy to {} is in progress and may restart workers",
                       fmt::join(report.deploying, ", "));
}

// Of instances that left EC2 with jobs, or before they had answered: those jobs may be lost.
std::string left_text(const Report& report) {
    const auto left = count_left(report);
    std::vector<std::string> parts;
    if (left.with_jobs > 0)
        parts.push_back(fmt::format("{} left EC2 with {}", pluralize(left.with_jobs, "instance"),
                                    pluralize(left.jobs, "running job")));
    if (left.unanswered > 0)
        parts.push_back(pluralize(left.unanswered, "instance") + " left EC2 without an answer");
    return fmt::format("{}", fmt::join(parts, ", "));
}

// After an interruption the commands go on, so an instance that has not finished has no line.
bool has_line(const Report& report, const InstanceResult& instance) {
    const bool continues =
        report.verdict == Verdict::interrupted && instance.outcome == Outcome::pending;
    return !continues && !is_verified(instance.outcome) && instance.outcome != Outcome::completed;
}

std::string no_environment(const RunInfo& run_info, const std::string& where) {
    return fmt::format("there is no environment {} in application {} in {}",
                       in_words(run_info.pattern), run_info.application, where);
}

// Why the run ended as it did; empty where its instances show it. AWS's error follows a colon.
constexpr EnumName<Verdict> causes[] = {{Verdict::done, ""},
                                        {Verdict::partial, ""},
                                        {Verdict::nothing_matched, ""},
                                        {Verdict::timed_out, "the deadline came first"},
                                        {Verdict::cancelled, "the command was cancelled"},
                                        {Verdict::interrupted, "the task was stopped"},
                                        {Verdict::denied, "AWS denied access: "},
                                        {Verdict::refused, "AWS refused: "},
                                        {Verdict::unavailable, "AWS does not answer: "}};
static_assert(has_all_enumerators(causes));

std::string cause_of(Verdict verdict, const std::string& why, bool may_have_sent,
                     const RunInfo& run_info) {
    if (verdict == Verdict::interrupted && run_info.mode == "--here")
        return may_have_sent ? "you stopped watching" : "you ended it";
    const std::string cause(name_of(causes, verdict));
    return cause.ends_with(": ") ? cause + why : cause;
}

// The regions in which nothing matched; of a run in one region, that one.
std::string where_nothing_matched(const Report& report, const RunInfo& run_info) {
    std::vector<std::string> names;
    for (const auto& one : report.regions)
        if (one.verdict == Verdict::nothing_matched) names.push_back(one.region_label);
    return names.empty() ? run_info.region : fmt::format("{}", fmt::join(names, ", "));
}

std::string sentence_of(const Report& report, const RunInfo& run_info) {
    if (report.verdict == Verdict::done) return done_sentence(report);
    if (report.verdict == Verdict::nothing_matched)
        return (report.why.empty()
                    ? no_environment(run_info, where_nothing_matched(report, run_info))
                    : report.why) +
               "; nothing was sent";
    const std::string cause = cause_of(report.verdict, report.why, report.may_have_sent, run_info);
    return cause + (cause.empty() ? "" : "; ") +
           (has_results(report.verdict) ? partial_sentence(report) : unfinished_text(report));
}

// Of a run in several regions: those that ended in another way than the whole run.
std::vector<std::string> region_notes(const Report& report, const RunInfo& run_info) {
    std::vector<std::string> notes;
    for (const auto& one : report.regions) {
        if (one.verdict == Verdict::done) continue;
        if (one.verdict == report.verdict && !is_unsent(one)) continue;
        if (one.verdict == Verdict::nothing_matched)
            notes.push_back(one.why.empty() ? no_environment(run_info, one.region_label)
                                            : drain::prefix_region(one.region_label, one.why));
        else if (one.verdict != Verdict::partial) // else its instances say it
            notes.push_back(fmt::format("{}: {}{}", one.region_label,
                                        cause_of(one.verdict, one.why, one.may_have_sent, run_info),
                                        one.is_send_unknown
                                            ? "; it is not known whether it was sent there"
                                        : one.may_have_sent ? ""
                                                            : "; nothing was sent there"));
    }
    return notes;
}

// What Sidekiq's Redis says about jobs: those that run, while the action has not succeeded; after
// it those that wait.
void add_jobs(Summary& summary, const Report& report, Instant now) {
    if (!summary.succeeded && report.action != Action::wake)
        if (const auto text = jobs_text(report.sidekiq, now); !text.empty())
            summary.notes.push_back(text);
    if (const auto text = waiting_text(report.sidekiq, report.action == Action::wake);
        !text.empty())
        summary.notes.push_back(text);
}

// --- what to do next

// After a cancelled run quiet workers stay quiet: they do not take jobs again by themselves.
NextStep after_cancel(const Report& report, const RunInfo& run_info) {
    if (report.action == Action::wake)
        return {"some may still take no jobs; to wake them all the same",
                command_line(Action::wake, run_info)};
    return {report.action == Action::stop
                ? "workers that are already quiet or stopped stay so; wake them with"
                : "workers that are already quiet stay quiet; wake them with",
            command_line(Action::wake, run_info)};
}

// Running the same command again would not help.
NextStep after_pods(const Report& report) {
    return {fmt::format("{}: {}; the next run leaves {} out with --exclude",
                        fmt::join(report.on_pods, ", "), drain::advice_for_pods(report.action),
                        report.on_pods.size() == 1 ? "it" : "them"),
            ""};
}

// With --strict, of a fleet that was stopped before: no run can learn from Redis who else takes
// from its queues.
bool only_strict_fails(const Report& report, const RunInfo& run_info) {
    using enum drain::SidekiqView::Source;
    return run_info.strict && report.sidekiq.source == unrelated &&
           report.sidekiq.fleet_is_stopped && report.unverified.size() == 1;
}

NextStep after_partial(const Report& report, const RunInfo& run_info, const std::string& again) {
    const bool names_some = std::ranges::any_of(
        report.instances, [](const auto& one) { return !is_success(one.outcome); });
    if (!names_some && !report.on_pods.empty()) return after_pods(report);
    if (names_some) return {"look at the instances named above, then", again};
    if (only_strict_fails(report, run_info)) {
        RunInfo without = run_info;
        without.strict = false;
        return {"of a stopped fleet --strict cannot be shown; wake it first, or leave --strict out",
                command_line(report.action, without)};
    }
    if (only_others_work(report))
        return {"quiet the processes named above, too, or wait until they have ended; then", again};
    const bool sent_nothing = report.instances.empty() && !report.may_have_sent;
    return {sent_nothing ? "put right what is named above, then"
                         : "what could not be checked is named above; then",
            again};
}

constexpr const char* find_out =
    "the same command finds out whether it was sent, and sends it if not";

std::string after_deadline(const Report& report) {
    if (!report.may_have_sent) return "nothing was sent; try again with the same command";
    if (report.is_send_unknown) return find_out;
    return fmt::format("the {} continues; wait on with the same command", name_of(report.action));
}

// Of a run that ended before its commands.
std::string follow_on(const Report& report, const std::string& unsent) {
    if (!report.may_have_sent) return unsent;
    return report.is_send_unknown ? find_out : "follow it with the same command";
}

// Without --here, --wait and --cancel.
std::string base_line(Action action, const RunInfo& run_info) {
    std::string line = fmt::format("{} -a {} {}", shell_word(run_info.program), name_of(action),
                                   options_for(run_info.pattern));
    const auto add = [&line](const std::string& option, const std::string& value) {
        if (!value.empty()) line += " " + option + (option.empty() ? "" : " ") + shell_word(value);
    };
    add("-f", run_info.profile);
    add("-p", run_info.application);
    add("-r", run_info.region);
    if (action == Action::wake) add("--batch", run_info.batch);
    if (action == run_info.action) {
        add("--timeout", run_info.typed_timeout);
        add("--reason", run_info.reason);
        if (run_info.strict) line += " --strict";
    }
    add("--slack-user", run_info.slack_user);
    return line;
}

} // namespace

bool has_results(Verdict verdict) {
    return verdict == Verdict::done || verdict == Verdict::partial ||
           verdict == Verdict::timed_out || verdict == Verdict::cancelled;
}

bool is_headline(const std::string& line, Action action) {
    const std::string state = fmt::format("{}: ", name_of(state_names, action));
    return line.starts_with(state) || line.starts_with("NOT " + state);
}

std::string in_one_line(const NextStep& next) {
    return next.command.empty() ? next.text : next.text + ": " + next.command;
}

std::string cancel_line(const RunInfo& run_info) {
    RunInfo cancelled = run_info;
    cancelled.batch = cancelled.typed_timeout = cancelled.reason = "";
    cancelled.strict = false;
    return base_line(run_info.action, cancelled) + " --cancel";
}

std::string command_line(Action action, const RunInfo& run_info) {
    // A task acts for one profile only.
    const bool several_profiles = run_info.profile.find(',') != std::string::npos;
    const std::string mode = several_profiles ? "--here" : run_info.mode;
    return base_line(action, run_info) + (mode.empty() ? "" : " ") + mode;
}

NextStep next_step(const Report& report, const RunInfo& run_info) {
    const std::string again = command_line(report.action, run_info);
    const bool was_refused =
        report.verdict == Verdict::denied || report.verdict == Verdict::refused;
    if (was_refused && report.is_stack_unknown)
        return {"correct CFN_STACK_NAME, or deploy the stack, then", again};
    switch (report.verdict) {
    case Verdict::done:
        if (report.action == Action::wake) return {};
        return {"when your work is done, wake them", command_line(Action::wake, run_info)};
    case Verdict::partial:
        return after_partial(report, run_info, again);
    case Verdict::nothing_matched:
        return {"check -e (the case counts), -p and -r", ""};
    case Verdict::timed_out:
        return {after_deadline(report), again};
    case Verdict::cancelled:
        return after_cancel(report, run_info);
    case Verdict::interrupted:
        return {follow_on(report, "to begin again"), again};
    case Verdict::denied:
        return {"renew the credentials, or grant what is missing (docs/operations.md), then",
                again};
    case Verdict::refused:
        return {"put right what AWS says above, then", again};
    case Verdict::unavailable:
        return {follow_on(report, "when AWS answers again"), again};
    }
    return {};
}

Summary summarize(const Report& report, const RunInfo& run_info) {
    Summary summary{.succeeded = report.verdict == Verdict::done,
                    .next = next_step(report, run_info)};
    summary.verified = summary.succeeded && is_verified(report);
    summary.state =
        fmt::format("{}{}", summary.succeeded ? "" : "NOT ", name_of(state_names, report.action));
    summary.left_ec2 = left_text(report);
    if (report.action != Action::wake) summary.not_covered = others_text(report.sidekiq);
    summary.sentence =
        fmt::format("{}{}{}{}{}{} (after {})", sentence_of(report, run_info),
                    summary.left_ec2.empty() ? "" : "; ", summary.left_ec2,
                    summary.not_covered.empty() ? "" : "; NOT COVERED: ", summary.not_covered,
                    deploy_text(report), in_words(report.elapsed));
    summary.headline = summary.state + ": " + summary.sentence;
    summary.notes = region_notes(report, run_info);
    add_jobs(summary, report, report.ended);
    for (const auto& warning : report.warnings)
        summary.notes.push_back("warning: " + warning);
    for (const auto& sentence : report.unverified)
        summary.notes.push_back("not verified: " + sentence);
    for (const auto& instance : report.instances)
        if (has_line(report, instance))
            summary.details.push_back(line_for(instance, report.action));
    summary.details.insert(summary.details.end(), summary.notes.begin(), summary.notes.end());
    return summary;
}

} // namespace snow_white::report
