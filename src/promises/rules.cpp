#include "src/promises/rules.hpp"

#include "src/promises/rules_parts.hpp"

namespace snow_white::promises {

std::vector<Breach> find_breaches(const RunLog& run, const RunContext& known) {
    std::vector<Breach> breaches;
    check_report(run, breaches);
    // A status, a cancel, or a launch without --wait.
    if (!run.is_drain() && !known.begun) return breaches;
    check_words(run, known, breaches);
    check_deadline(run, known, breaches);
    return breaches;
}

std::vector<std::string> checked_promises(const RunLog& run) {
    if (!run.is_drain())
        return run.is_dry() ? std::vector<std::string>{"c"} : std::vector<std::string>{};
    std::vector<std::string> all{"b", "d", "x4"};
    if (run.report() != nullptr && timeout_of(run, {})) all = {"b", "d", "f", "x4", "x5"};
    if (run.in_json && run.report() != nullptr) all.insert(all.end(), {"x7", "x10"});
    return all;
}

const std::vector<Visible>& visible_promises() {
    static const std::vector<Visible> all{
        {"a", false,
         "the workers alone know whether they were as asked; (x10) says whether the report "
         "contradicts itself"},
        {"b", true,
         "a report, a word in time, no bug of its own; not what Slack got, nor an AWS that was out "
         "of reach"},
        {"c", true,
         "of a dry run: no command sent; not what an instance was doing when a command came"},
        {"d", true,
         "the commands that were sent are of one action; what the script did to a job it does not "
         "show"},
        {"e", false, "calls are not logged"},
        {"f", true,
         "it stops in time, where its time is told; with --json, that it names somebody"},
        {"g", false, "a log does not show whether something went wrong in the world"},
        {"h", false,
         "what can still happen is in the world: a log shows verifications, not what they wait "
         "for"},
        {"x1", false, "who could be told is in the world"},
        {"x2", false, "what there was to wait for is in the world"},
        {"x3", false, "a launch is EC2's to know: a log names no newcomer that nobody has seen"},
        {"x4", true,
         "the same words six times within ten minutes, and no command sent meanwhile; not of who "
         "gets the command again: a send that fails is not in the log"},
        {"x5", true,
         "where its time is told: with --json, or in the log of a task that somebody looked on"},
        {"x6", false, "which scripts act is the instances' to know"},
        {"x7", true,
         "with --json: a partial report names what is not as asked or was not seen; not whether "
         "that is so"},
        {"x8", false, "who cancelled what is SSM's to know"},
        {"x9", false, "calls are not logged"},
        {"x10", true, "with --json: instances, counts, headline, verdict and exit code agree"},
    };
    return all;
}

} // namespace snow_white::promises
