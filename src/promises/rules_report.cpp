// The report does not contradict the rest of the log: (c), (d), (x7), (x10). Only the workers know
// whether it is true.
#include "src/promises/rules_parts.hpp"
#include "src/report/names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace snow_white::promises {

namespace {

// (d) The monitor sends only the action's document and the status document.
void sends_one_action(const RunLog& run, Breaches& breaches) {
    const Event* report = run.report();
    std::string action;
    if (report != nullptr && as<ReportEnd>(*report)->action)
        action = drain::name_of(*as<ReportEnd>(*report)->action);
    for (const auto& event : run.events) {
        const auto* started = as<Started>(event);
        if (started == nullptr || started->action == "status") continue;
        if (action.empty()) action = started->action;
        if (started->action != action)
            add(breaches, "d", &event, "a command of {} in a run of {}", started->action, action);
    }
}

// (c) A dry run sends nothing.
void sends_nothing_when_dry(const RunLog& run, Breaches& breaches) {
    for (const auto& event : run.events) {
        const auto* started = as<Started>(event);
        if (run.is_dry() && started != nullptr && !started->adopted)
            add(breaches, "c", &event, "a dry run has sent a command");
    }
}

std::vector<const Event*> instances_of(const RunLog& run) {
    std::vector<const Event*> found;
    for (const auto& event : run.events)
        if (as<InstanceEnd>(event) != nullptr) found.push_back(&event);
    return found;
}

// (x7) A partial report names its reason.
void partial_names_a_reason(const RunLog& run, Breaches& breaches) {
    const auto& report = *as<ReportEnd>(*run.report());
    if (report.verdict != "partial" || report.gives_reason) return;
    const bool somebody = std::ranges::any_of(
        instances_of(run), [](const Event* event) { return !as<InstanceEnd>(*event)->as_asked; });
    const bool some_region = std::ranges::any_of(report.regions, [](const RegionEnd& region) {
        return region.verdict != "done" && region.verdict != "partial";
    });
    if (!somebody && !some_region)
        add(breaches, "x7", run.report(),
            "partial, and it names nothing that is not as asked or was not seen");
}

// For an instance that counts as done in a verified run.
bool is_as_asked(drain::Action action, const Worker& worker) {
    switch (action) {
    case drain::Action::quiet:
        return worker.busy == 0 &&
               (worker.state == "idle" || worker.state == "quiet" || worker.state == "stopped");
    case drain::Action::stop:
        return worker.busy == 0 && worker.state == "stopped";
    case drain::Action::wake:
        return worker.state == "running";
    }
    return false;
}

void instance_agrees(const Event& event, const ReportEnd& report, Breaches& breaches) {
    const auto& instance = *as<InstanceEnd>(event);
    const auto outcome = report::outcome_of(instance.outcome);
    if (!outcome)
        add(breaches, "x10", &event, "its outcome is {}, which is none", instance.outcome);
    if (outcome && drain::is_success(*outcome) != instance.as_asked)
        add(breaches, "x10", &event, "its outcome and `as_asked` contradict each other");
    if (report.verdict == "done" && !instance.as_asked)
        add(breaches, "x10", &event, "the run is done, and this instance is not as asked");
    if (!report.verified || !report.action || !outcome) return;
    if (*outcome != drain::Outcome::done && *outcome != drain::Outcome::already) return;
    for (const auto& worker : instance.workers)
        if (!is_as_asked(*report.action, worker))
            add(breaches, "x10", &event,
                "the run is verified as done, and a worker here is {} with {} jobs", worker.state,
                worker.busy);
}

void report_agrees(const RunLog& run, Breaches& breaches) {
    const auto& report = *as<ReportEnd>(*run.report());
    const auto listed = instances_of(run);
    for (const Event* event : listed)
        instance_agrees(*event, report, breaches);
    if (report.instances && static_cast<std::size_t>(*report.instances) != listed.size())
        add(breaches, "x10", run.report(), "it counts {} instances, and {} are told",
            *report.instances, listed.size());
    // Two profiles may belong to one account, whose instances come for each.
    std::set<std::string> ids;
    for (const Event* event : listed)
        if (!ids.insert(as<InstanceEnd>(*event)->id).second && run.regions() == 1)
            add(breaches, "x10", event, "this instance is told twice");
    if (report.headline_is_done && *report.headline_is_done != (report.verdict == "done"))
        add(breaches, "x10", run.report(), "its headline and its verdict contradict each other");
    if (report.verified && report.verdict != "done")
        add(breaches, "x10", run.report(), "it is verified, and not done");
    for (const auto& region : report.regions)
        if (report.verdict == "done" && region.verdict != "done")
            add(breaches, "x10", run.report(), "it is done, and {} in {}", region.verdict,
                region.region_label);
}

void counts_add_up(const RunLog& run, Breaches& breaches) {
    for (const auto& event : run.events)
        if (const auto* counted = as<ProgressCounts>(event))
            if (counted->completed > counted->targeted || counted->well > counted->instances)
                add(breaches, "x10", &event, "more than there are");
}

// (x10) The exit code is the report's, unless a launcher has stopped watching: that has its own.
void exit_code_agrees(const RunLog& run, Breaches& breaches) {
    const Event* ended = run.ended();
    const auto expected = report::code_of_verdict(as<ReportEnd>(*run.report())->verdict);
    if (ended == nullptr || !expected) return;
    const auto code = as<Ended>(*ended)->code;
    const std::string_view name = report::name_of(static_cast<report::ExitCode>(code));
    if (as<Ended>(*ended)->name != name)
        add(breaches, "x10", ended, "the name of exit code {} is {}", code, name);
    const bool agrees =
        code == static_cast<std::int64_t>(*expected) || (run.is_launched() && code != 0);
    if (!agrees)
        add(breaches, "x10", ended, "the exit code is {}, of the report's verdict it is {}", code,
            static_cast<int>(*expected));
}

} // namespace

void check_report(const RunLog& run, Breaches& breaches) {
    sends_nothing_when_dry(run, breaches);
    sends_one_action(run, breaches);
    if (!run.in_json) return;
    counts_add_up(run, breaches);
    if (run.report() == nullptr) return;
    partial_names_a_reason(run, breaches);
    report_agrees(run, breaches);
    exit_code_agrees(run, breaches);
}

} // namespace snow_white::promises
