#include "src/drain/hands.hpp"

#include "src/drain/answers.hpp"

#include <algorithm>
#include <utility>

namespace snow_white::drain {

namespace {

Failed::Kind kind_of(aws::ErrorKind kind) {
    switch (kind) {
    case aws::ErrorKind::unknown_action:
    case aws::ErrorKind::not_found:
        return Failed::Kind::absent;
    case aws::ErrorKind::denied:
    case aws::ErrorKind::credentials:
        return Failed::Kind::denied;
    case aws::ErrorKind::invalid:
        return Failed::Kind::refused;
    case aws::ErrorKind::throttled:
    case aws::ErrorKind::unreachable:
    case aws::ErrorKind::transport:
    case aws::ErrorKind::server:
    case aws::ErrorKind::malformed:
        break;
    }
    return Failed::Kind::unavailable;
}

Failed failed(const aws::Error& error) {
    return {kind_of(error.kind), aws::describe(error)};
}

aws::Targets targets_of(const Order& order) {
    return {.tag = order.environments.empty() ? "" : fleet::environment_tag,
            .values = order.environments,
            .ids = order.instances};
}

Outcome end_of(const aws::Invocation& invocation) {
    if (invocation.detail == "Undeliverable") return Outcome::unreachable;
    if (invocation.detail == "AccessDenied" || invocation.detail == "InvalidPlatform")
        return Outcome::refused;
    switch (invocation.status) {
    case aws::CommandStatus::success:
        return Outcome::done;
    case aws::CommandStatus::failed:
        return Outcome::failed;
    case aws::CommandStatus::timed_out:
        return Outcome::timed_out;
    case aws::CommandStatus::cancelled:
        return Outcome::cancelled;
    case aws::CommandStatus::pending:
    case aws::CommandStatus::in_progress:
    case aws::CommandStatus::cancelling:
        break;
    }
    return Outcome::pending;
}

template <class Answer, class Ask> Answer foreseen(std::optional<Answer>& answer, Ask ask) {
    if (!answer) return ask();
    return *std::exchange(answer, std::nullopt);
}

} // namespace

std::vector<std::function<void()>> foresee(aws::Client& client, const fleet::Selection& selection,
                                           Foresight& into) {
    return {[&client, &into, selection] { into.fleet = fleet::look(client, selection); },
            [&client, &into] { into.executing = aws::list_executing_commands(client); }};
}

Observation Hands::carry_out(const Want& want) {
    if (const auto* wanted = std::get_if<LookAtFleet>(&want)) return look(*wanted);
    if (const auto* wanted = std::get_if<FindInFlight>(&want)) return find(*wanted);
    if (const auto* wanted = std::get_if<Send>(&want)) return send(*wanted);
    if (const auto* wanted = std::get_if<AskProgress>(&want)) return ask(*wanted);
    if (const auto* wanted = std::get_if<FindChanges>(&want)) return find(*wanted);
    if (const auto* wanted = std::get_if<ReadResults>(&want)) return read(*wanted);
    return Nothing{};
}

Observation Hands::look(const LookAtFleet& wanted) {
    if (!foresight_.fleet) foresight_.executing.reset(); // the first look did not do: too old by now
    auto snapshot =
        foreseen(foresight_.fleet, [&] { return fleet::look(client_, assignment_.selection, wanted.known); });
    if (!snapshot) return failed(snapshot.error());
    return std::move(*snapshot);
}

Observation Hands::find(const FindInFlight& wanted) {
    const auto executing =
        foreseen(foresight_.executing, [&] { return aws::list_executing_commands(client_); });
    if (!executing) return failed(executing.error());
    InFlight found;
    for (const auto& command : *executing)
        if (!aws::is_over(command.status)) take(found, command);
    if (!wanted.since) return found;
    const auto recent = aws::list_commands_since(client_, assignment_.document, *wanted.since);
    if (!recent) return failed(recent.error());
    for (const auto& command : *recent)
        take(found, command);
    return found;
}

Observation Hands::send(const Send& wanted) {
    const bool act = wanted.order.errand == Errand::act;
    const auto sent =
        aws::send_command(client_, {.document = act ? assignment_.document : assignment_.status_document,
                                    .targets = targets_of(wanted.order),
                                    .comment = assignment_.comment,
                                    .batch = act ? assignment_.batch : ""});
    if (sent) return Sent{*sent};
    Failed why = failed(sent.error());
    // SendCommand has no idempotency token: after any of these it may be on its way.
    if (why.kind == Failed::Kind::unavailable && !aws::had_no_effect(sent.error().kind))
        why.kind = Failed::Kind::lost;
    return why;
}

Observation Hands::ask(const AskProgress& wanted) {
    Progress progress;
    for (const auto& id : wanted.commands) {
        const auto one = progress_of(id);
        if (!one) return failed(one.error());
        progress.commands.push_back(*one);
    }
    return progress;
}

Observation Hands::find(const FindChanges& wanted) {
    const auto changes = fleet::find_changes(client_, wanted.known, wanted.since, clock_.now());
    if (!changes) return failed(changes.error());
    return *changes;
}

Observation Hands::read(const ReadResults& wanted) {
    Results results;
    for (const auto& id : wanted.commands) {
        const auto read = aws::list_invocations(client_, id, [&results](aws::Invocation one) {
            const Outcome end = end_of(one);
            results.invocations.push_back(
                heard(std::move(one.id), end, std::move(one.detail), one.output, one.requested));
        });
        if (!read && kind_of(read.error().kind) == Failed::Kind::absent &&
            read.error().kind != aws::ErrorKind::unknown_action)
            continue; // SSM knows it no more
        if (!read) return failed(read.error());
    }
    return results;
}

aws::Result<CommandProgress> Hands::progress_of(const CommandId& id) {
    const auto command = aws::get_command(client_, id);
    if (command)
        return CommandProgress{command->targeted, command->completed, aws::is_over(command->status), true};
    if (kind_of(command.error().kind) == Failed::Kind::absent) return progress_by_invocations(id);
    return tl::unexpected(command.error());
}

// For an AWS that cannot sum up a command: a page for each fifty instances.
aws::Result<CommandProgress> Hands::progress_by_invocations(const CommandId& id) {
    CommandProgress progress;
    const auto read = aws::list_invocations(client_, id, [&progress](const aws::Invocation& one) {
        ++progress.targeted;
        if (aws::is_over(one.status)) ++progress.completed;
    });
    if (!read && read.error().kind == aws::ErrorKind::not_found) return CommandProgress{.known = false};
    if (!read) return tl::unexpected(read.error());
    progress.known = progress.targeted > 0;
    progress.over = progress.known && progress.completed == progress.targeted;
    return progress;
}

void Hands::take(InFlight& into, const aws::CommandSummary& command) const {
    const auto known = [&command](const Ongoing& other) { return other.id == command.id; };
    const auto action = action_of(command.document);
    if (action && std::ranges::none_of(into.commands, known))
        into.commands.push_back({command.id, *action, command.targets.values, command.targets.ids});
}

std::optional<Action> Hands::action_of(const std::string& document) const {
    if (document == assignment_.document) return assignment_.action;
    for (const auto& [action, prefix] : assignment_.other_documents)
        if (document.starts_with(prefix)) return action;
    return std::nullopt;
}

} // namespace snow_white::drain
