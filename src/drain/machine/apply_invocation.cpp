// One invocation of the action's command: what it says about the instance.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/contradictions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

constexpr const char* not_begun = "Terminated"; // SSM's word: an earlier batch failed
constexpr std::size_t longest_quote = 200;      // of an instance's output, in bytes

Outcome outcome_of(const InstanceLine& line) {
    switch (line.outcome) {
    case InstanceOutcome::done:
        return line.already ? Outcome::already : Outcome::done;
    case InstanceOutcome::no_worker:
        return Outcome::no_worker;
    case InstanceOutcome::busy:
        return Outcome::busy;
    case InstanceOutcome::failed:
        break;
    }
    return Outcome::failed;
}

// The instance's line counts only if SSM's status agrees with it, or if the line is the worse one.
InstanceFinding finding_in(const InvocationResult& invocation, Action action) {
    if (const auto& line = invocation.line) {
        // Whoever starts the task may name another document as the action's.
        if (!is_answer_to(*line, name_of(action)))
            return {Outcome::failed,
                    fmt::format("the document is not that of a {}: it answers as \"{}\"",
                                name_of(action), line->action)};
        const bool agreed =
            (invocation.end == Outcome::done) == (line->outcome == InstanceOutcome::done);
        if (agreed || line->outcome != InstanceOutcome::done)
            return {outcome_of(*line), line->note};
    }
    if (invocation.end == Outcome::done)
        return {Outcome::completed, "SSM reports success; its workers were not seen"};
    if (invocation.detail == not_begun)
        return {Outcome::failed, "not begun: one of an earlier batch failed"};
    if (invocation.end == Outcome::unknown)
        return {Outcome::unknown,
                "not known whether its command ran: SSM says " + invocation.detail};
    const std::string& words = invocation.last_output;
    const bool plain = invocation.detail == "Failed"; // the outcome says the same
    return {invocation.end, words.empty() ? invocation.detail
                            : plain       ? words
                                          : invocation.detail + ": " + words};
}

} // namespace

bool is_running(const InvocationResult& invocation) {
    return invocation.end == Outcome::pending && invocation.detail == "InProgress";
}

InvocationResult make_invocation_result(InstanceId id, Outcome end, std::string detail,
                                        const std::string& output,
                                        std::optional<Instant> requested) {
    InvocationResult invocation{
        std::move(id), end, std::move(detail), parse_instance_line(output), {}, requested};
    if (!invocation.line || end != Outcome::done)
        invocation.last_output = last_output_line(output).substr(0, longest_quote);
    return invocation;
}

void apply_invocation(TrackedInstance& instance, const InvocationResult& invocation,
                      Action action) {
    instance.last = instance.last.value_or(LastCommand{});
    instance.last->open = invocation.end == Outcome::pending;
    if (instance.last->open) {
        instance.action_result = {}; // the latest command counts, whatever an earlier one did
        return;
    }
    instance.not_begun = invocation.detail == not_begun;
    instance.action_result = finding_in(invocation, action);
    const auto& line = invocation.line;
    instance.no_retry = line && instance.action_result.outcome == Outcome::no_worker;
    if (!line) return;
    instance.workers = line->workers;
    instance.workers_before = std::max(instance.workers_before, count_workers(*line));
    confirm_agent(instance);
}

} // namespace snow_white::drain
