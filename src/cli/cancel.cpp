#include "src/aws/cloudformation.hpp"
#include "src/aws/ssm.hpp"
#include "src/cli/nothing_matched.hpp"
#include "src/cli/profile_session.hpp"
#include "src/cli/reach.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/fleet/discovery.hpp"
#include "src/report/selection_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

constexpr const char* nothing_cancelled = "nothing was cancelled";

// As every other look, and the instances that are leaving or have just left: a command may name them.
aws::Result<fleet::FleetSnapshot> look_for_targets(aws::Client& workers, const Request& request) {
    auto fleet = fleet::discover(workers, {request.application, request.pattern});
    if (!fleet || fleet->environments.empty() || !fleet->instances) return fleet;
    const auto leaving = fleet::find_leaving(workers, names_of(fleet->environments));
    if (!leaving) return tl::unexpected(leaving.error());
    for (const auto& id : *leaving)
        fleet->instances->push_back({.id = id});
    return fleet;
}

aws::Result<std::vector<aws::CommandSummary>> find_in_flight(aws::Client& workers, const Request& request) {
    const auto document =
        aws::get_physical_id(workers, request.stack.name, request.stack.document_of(request.action));
    if (!document) return tl::unexpected(document.error());
    return aws::list_executing_commands(workers, *document);
}

std::string what_stays(drain::Action action) {
    switch (action) {
    case drain::Action::quiet:
        return "workers that are quiet already stay quiet; next: wake them, the same with -a wake";
    case drain::Action::stop:
        return "workers that are quiet or stopped already stay so; next: wake them, the same with -a wake";
    case drain::Action::wake:
        break;
    }
    return "workers that were woken already stay awake, the others are as they were";
}

// One by one; what is not ours alone is named and left.
class Canceller {
public:
    Canceller(const Request& request, aws::Client& workers, Outside& outside)
        : request_(request), workers_(workers), outside_(outside) {}

    // Without them a command to single instances cannot be told from somebody else's.
    void miss_instances(const std::vector<std::string>& unseen) {
        complain(outside_, fmt::format("not seen: {}; commands to single instances were not looked for",
                                       fmt::join(unseen, "; ")));
        result_ = ExitCode::partial;
    }

    void take(const aws::CommandSummary& command, Reach reach) {
        if (reach == Reach::within)
            cancel(command);
        else if (reach == Reach::beyond)
            leave(command);
    }

    ExitCode end() {
        if (cancelled_ > 0)
            say(outside_,
                fmt::format("SSM ends them as far as it can, and whoever follows ends as cancelled; {}",
                            what_stays(request_.action)));
        else if (result_ == ExitCode::done) {
            say(outside_, fmt::format("no {} of {} is in flight for environments {} in {}: nothing to cancel",
                                      name_of(request_.action), request_.application,
                                      report::in_words(request_.pattern), request_.region()));
            return ExitCode::nothing_matched;
        }
        return result_;
    }

private:
    void cancel(const aws::CommandSummary& command) {
        const auto done = aws::cancel_command(workers_, command.id);
        if (!done) {
            result_ = fail(done.error(), fmt::format("command {} goes on", command.id.text), outside_);
            return;
        }
        ++cancelled_;
        const report::OrderedJson event{{"action", name_of(request_.action)},
                                        {"command", command.id.text},
                                        {"targets", in_words(command.targets)},
                                        {"completed", command.completed},
                                        {"targeted", command.targeted}};
        if (told_in_json(outside_, {"cancelled", event})) return;
        say(outside_, fmt::format("cancelled {} command {} for {} ({} of {} instances had finished)",
                                  name_of(request_.action), command.id.text, in_words(command.targets),
                                  command.completed, command.targeted));
    }

    void leave(const aws::CommandSummary& command) {
        complain(
            outside_,
            fmt::format("command {} is for others, too ({}), and goes on; cancel it with the -e that it was "
                        "started with, or: aws ssm cancel-command --command-id {} --region {} --profile {}",
                        command.id.text, in_words(command.targets), command.id.text, request_.region(),
                        request_.profile()));
        if (result_ == ExitCode::done) result_ = ExitCode::partial;
    }

    const Request& request_;
    aws::Client& workers_;
    Outside& outside_;
    int cancelled_ = 0;
    ExitCode result_ = ExitCode::done;
};

ExitCode cancel_there(aws::Client workers, const Request& request, Outside& outside) {
    const auto fleet = look_for_targets(workers, request);
    if (!fleet) return fail(fleet.error(), nothing_cancelled, outside);
    if (fleet->environments.empty()) {
        const auto all = aws::describe_environments(workers, request.application);
        if (!all) return fail(all.error(), nothing_cancelled, outside);
        complain(outside, fmt::format("{}; {}", why_nothing_matched(*all, request), nothing_cancelled));
        return ExitCode::nothing_matched;
    }
    const auto in_flight = find_in_flight(workers, request);
    if (!in_flight)
        return fail(in_flight.error(),
                    in_flight.error().kind == aws::ErrorKind::invalid
                        ? is_it_deployed(request.stack, request.region()) + " " + nothing_cancelled
                        : nothing_cancelled,
                    outside);
    Canceller canceller(request, workers, outside);
    if (!fleet->instances) canceller.miss_instances(fleet->unseen);
    for (const auto& command : *in_flight)
        canceller.take(command, reach_of(command.targets, *fleet));
    return canceller.end();
}

} // namespace

// One place after the other: what can be cancelled is, whatever stands in the way elsewhere.
ExitCode cancel(const Request& request, Outside& outside) {
    ProfileSessions sessions(request, outside);
    std::vector<ExitCode> ends;
    in_each_place(request, outside, [&](const Place& place, const Request& there) {
        ends.push_back(cancel_there(sessions.in(place), there, outside));
    });
    if (std::ranges::find(ends, ExitCode::done) != ends.end())
        std::erase(ends, ExitCode::nothing_matched); // nothing to cancel there
    return drain::combine_verdicts(ends, ExitCode::done, ExitCode::partial, ExitCode::nothing_matched);
}

} // namespace snow_white::cli
