#include "src/drain/run/effect_executor.hpp"

#include "src/base/contains.hpp"
#include "src/drain/machine/limits.hpp"
#include "src/drain/run/answers_of_aws.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>

namespace snow_white::drain {

namespace {

tl::unexpected<CallFailure> failed(const aws::Error& error) {
    return tl::unexpected(CallFailure{kind_of(error), aws::describe(error)});
}

aws::Targets targets_of(const CommandSpec& spec) {
    return {.tag = spec.environments.empty() ? "" : fleet::environment_tag,
            .values = spec.environments,
            .ids = spec.instances};
}

// Seconds since 1970, in the form that the documents' parameter ExpiresAt requires.
std::string in_ten_digits(Instant at) {
    return fmt::format("{:010}", std::chrono::system_clock::to_time_t(at));
}

template <class Answer, class Ask> Answer prefetched(std::optional<Answer>& answer, Ask ask) {
    if (!answer) return ask();
    return *std::exchange(answer, std::nullopt);
}

} // namespace

std::vector<std::function<void()>>
prefetch(aws::Client& client, const fleet::EnvironmentQuery& query, PrefetchedAnswers& into) {
    return {[&client, &into, query] { into.fleet = fleet::discover(client, query); },
            [&client, &into] { into.executing = aws::list_executing_commands(client); }};
}

Response EffectExecutor::execute(const Effect& effect) {
    return std::visit(
        [this](const auto& one) -> Response {
            using Asked = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<Asked, Sleep>)
                return Answered<Sleep>{Sleep::Answer{}};
            else if constexpr (std::is_same_v<Asked, AwaitBarrier>)
                return Answered<AwaitBarrier>{AwaitBarrier::Answer::not_yet};
            else if constexpr (std::is_same_v<Asked, Finish>)
                throw std::logic_error("a drain that has ended wants nothing");
            else
                return Answered<Asked>{call(one)};
        },
        effect);
}

AnswerTo<DiscoverFleet> EffectExecutor::call(const DiscoverFleet& effect) {
    if (!prefetched_.fleet) prefetched_.executing.reset(); // too old after a second discovery
    auto snapshot = prefetched(
        prefetched_.fleet, [&] { return fleet::discover(client_, job_.query, effect.previous); });
    if (!snapshot) return failed(snapshot.error());
    return std::move(*snapshot);
}

AnswerTo<FindInFlightCommands> EffectExecutor::call(const FindInFlightCommands& effect) {
    const auto executing =
        prefetched(prefetched_.executing, [&] { return aws::list_executing_commands(client_); });
    if (!executing) return failed(executing.error());
    FindInFlightCommands::Answer found;
    for (const auto& command : *executing)
        add(found, command);
    if (const auto since = oldest_of_ours(found)) {
        const auto later = aws::list_commands_since(client_, *since);
        if (!later) return failed(later.error());
        for (const auto& command : *later)
            if (action_of(command.document) != job_.action) add(found, command);
    }
    if (!effect.sent_since) return found;
    const auto recent = aws::list_commands_since(client_, job_.document, *effect.sent_since);
    if (!recent) return failed(recent.error());
    for (const auto& command : *recent)
        add(found, command);
    return found;
}

AnswerTo<SendCommand> EffectExecutor::call(const SendCommand& effect) {
    const bool act = effect.spec.purpose == Purpose::act;
    aws::CommandRequest request{.document = act ? job_.document : job_.status_document,
                                .targets = targets_of(effect.spec),
                                .comment = job_.comment,
                                .batch = act ? job_.batch : ""};
    if (effect.expires)
        request.parameters = {{"ExpiresAt", in_ten_digits(clock_.now() + command_life)}};
    const auto sent = aws::send_command(client_, request);
    if (sent) return *sent;
    auto failure = failed(sent.error());
    if (failure.value().kind == CallFailure::Kind::unknown_expiry && !effect.expires)
        failure.value().kind = CallFailure::Kind::refused; // another parameter is missing
    // SendCommand has no idempotency token: after such an error SSM may have taken it.
    if (failure.value().kind == CallFailure::Kind::unavailable &&
        !aws::had_no_effect(sent.error().kind))
        failure.value().kind = CallFailure::Kind::lost;
    return failure;
}

AnswerTo<PollProgress> EffectExecutor::call(const PollProgress& effect) {
    std::vector<CommandProgress> progress;
    for (const auto& id : effect.commands) {
        const auto one = progress_of(id);
        if (!one) return failed(one.error());
        progress.push_back(*one);
    }
    return progress;
}

AnswerTo<PollFleetChanges> EffectExecutor::call(const PollFleetChanges& effect) {
    return fleet::poll_changes(client_, job_.query, effect.previous, effect.since, clock_.now());
}

AnswerTo<CollectResults> EffectExecutor::call(const CollectResults& effect) {
    std::vector<CommandResults> results;
    for (const auto& id : effect.commands) {
        CommandResults one{.id = id};
        const auto read = aws::list_invocations(client_, id, [&one, this](aws::Invocation seen) {
            const InvocationEnd end = end_of(seen, !job_.status_document.empty());
            one.invocations.push_back(make_invocation_result(
                std::move(seen.id), end, std::move(seen.detail), seen.output, seen.requested));
            one.invocations.back().carries_script = seen.steps == 1;
        });
        if (!read) {
            const bool forgotten = kind_of(read.error()) == CallFailure::Kind::absent &&
                                   read.error().kind != aws::ErrorKind::unknown_action;
            if (!forgotten) return failed(read.error());
            one = {.id = id, .known = false};
        }
        results.push_back(std::move(one));
    }
    return results;
}

// Its failure is of a kind that nothing retries.
AnswerTo<ReadSidekiq> EffectExecutor::call(const ReadSidekiq&) {
    auto snapshot = job_.read_sidekiq();
    if (!snapshot) return tl::unexpected(CallFailure{CallFailure::Kind::refused, snapshot.error()});
    return std::move(*snapshot);
}

aws::Result<CommandProgress> EffectExecutor::progress_of(const CommandId& id) {
    const auto command = aws::get_command(client_, id);
    if (command) return progress_in(*command);
    if (kind_of(command.error()) != CallFailure::Kind::absent)
        return tl::unexpected(command.error());
    auto progress = progress_by_invocations(id);
    // SSM lists a new command seconds later, and its invocations one after the other: this list may
    // be incomplete.
    if (progress && command.error().kind != aws::ErrorKind::unknown_action) progress->over = false;
    return progress;
}

// For an AWS without counts of a command. Reads a page for each fifty instances.
aws::Result<CommandProgress> EffectExecutor::progress_by_invocations(const CommandId& id) {
    CommandProgress progress;
    const auto read = aws::list_invocations(client_, id, [&progress](const aws::Invocation& one) {
        ++progress.targeted;
        if (aws::is_over(one.status)) ++progress.completed;
    });
    if (!read && read.error().kind == aws::ErrorKind::not_found)
        return CommandProgress{.known = false};
    if (!read) return tl::unexpected(read.error());
    progress.known = progress.targeted > 0;
    progress.over = progress.known && progress.completed == progress.targeted;
    return progress;
}

void EffectExecutor::add(FindInFlightCommands::Answer& into,
                         const aws::CommandSummary& command) const {
    const auto action = action_of(command.document);
    if (!action || contains(into.commands, command.id, &InFlightCommand::id)) return;
    into.commands.push_back({.id = command.id,
                             .action = *action,
                             .environments = command.targets.values,
                             .instances = command.targets.ids,
                             .stage = stage_of(command.status),
                             .requested = command.requested,
                             .progress = progress_in(command)});
}

// When SSM got the oldest running command of our action, by its clock. Commands that were sent
// after it supersede it.
std::optional<Instant>
EffectExecutor::oldest_of_ours(const FindInFlightCommands::Answer& found) const {
    std::optional<Instant> oldest;
    for (const auto& command : found.commands)
        if (command.action == job_.action && command.stage == InFlightCommand::Stage::running &&
            command.requested)
            oldest = std::min(oldest.value_or(*command.requested), *command.requested);
    return oldest;
}

std::optional<Action> EffectExecutor::action_of(const std::string& document) const {
    if (document == job_.document) return job_.action;
    for (const auto& [action, prefix] : job_.other_documents)
        if (document.starts_with(prefix)) return action;
    return std::nullopt;
}

} // namespace snow_white::drain
