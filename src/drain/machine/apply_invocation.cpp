// One invocation of the action's command: what it says about the instance.
#include "src/base/enum_names.hpp"
#include "src/drain/machine/apply_results.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

struct OutcomeByEnd {
    InvocationEnd value;
    Outcome outcome;
};

// Where no line says more.
constexpr OutcomeByEnd outcomes_by_end[] = {{InvocationEnd::pending, Outcome::pending},
                                            {InvocationEnd::succeeded, Outcome::completed},
                                            {InvocationEnd::failed, Outcome::failed},
                                            {InvocationEnd::refused, Outcome::refused},
                                            {InvocationEnd::timed_out, Outcome::timed_out},
                                            {InvocationEnd::cancelled, Outcome::cancelled},
                                            {InvocationEnd::not_begun, Outcome::failed},
                                            {InvocationEnd::unreachable, Outcome::unreachable},
                                            {InvocationEnd::undelivered, Outcome::unknown}};
static_assert(has_all_enumerators(outcomes_by_end));

// The instance's line counts only if SSM's status agrees with it, or if the line is the worse one.
InstanceFinding finding_in(const InvocationResult& invocation, Action action) {
    const bool succeeded = invocation.end == InvocationEnd::succeeded;
    if (const auto& line = invocation.line) {
        // Whoever starts the task may name another document as the action's.
        if (!is_answer_to(*line, name_of(action)))
            return {Outcome::failed,
                    fmt::format("the document is not that of a {}: it answers as \"{}\"",
                                name_of(action), line->action)};
        if (line->outcome == Outcome::done && line->already && succeeded)
            return {Outcome::already, line->note};
        if (line->outcome != Outcome::done || succeeded) return {line->outcome, line->note};
    }
    if (succeeded) return {Outcome::completed, "SSM reports success; its workers were not seen"};
    if (invocation.end == InvocationEnd::not_begun)
        return {Outcome::failed, "not begun: one of an earlier batch failed"};
    if (invocation.end == InvocationEnd::undelivered)
        return {Outcome::unknown,
                "not known whether its command ran: SSM says " + invocation.detail};
    const std::string& words = invocation.last_output;
    const bool plain = invocation.detail == "Failed"; // the outcome says the same
    const auto* row = std::ranges::find(outcomes_by_end, invocation.end, &OutcomeByEnd::value);
    return {row->outcome, words.empty() ? invocation.detail
                          : plain       ? words
                                        : invocation.detail + ": " + words};
}

} // namespace

std::size_t count_workers(const InstanceLine& line) {
    return line.workers.size() + static_cast<std::size_t>(line.omitted_workers);
}

bool is_running(const InvocationResult& invocation) {
    return invocation.end == InvocationEnd::pending && invocation.detail == "InProgress";
}

void apply_invocation(TrackedInstance& instance, const InvocationResult& invocation,
                      Action action) {
    const bool is_news = !instance.last || instance.last->open;
    instance.last = instance.last.value_or(LastCommand{});
    instance.last->open = invocation.end == InvocationEnd::pending;
    if (instance.last->open) {
        instance.action_result = {}; // the latest command counts, whatever an earlier one did
        return;
    }
    instance.not_begun = invocation.end == InvocationEnd::not_begun;
    instance.action_result = finding_in(invocation, action);
    const auto& line = invocation.line;
    if (is_news) instance.no_retry = line && instance.action_result.outcome == Outcome::no_worker;
    if (!line) return;
    confirm_agent(instance);
    // Each read shows the old lines again: verifications have told more since.
    if (std::exchange(instance.last->line_read, true)) return;
    instance.workers = line->workers;
    instance.workers_before = std::max(instance.workers_before, count_workers(*line));
}

} // namespace snow_white::drain
