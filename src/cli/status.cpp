#include "src/report/status_table.hpp"

#include "src/aws/cloudformation.hpp"
#include "src/cli/ending.hpp"
#include "src/cli/nothing_matched.hpp"
#include "src/cli/operator_session.hpp"
#include "src/drain/monitor.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

ExitCode nobody(aws::Client& workers, const Request& request, Outside& outside) {
    const auto all = aws::describe_environments(workers, request.application);
    if (!all) return fail(all.error(), "nothing was asked", outside);
    complain(outside, why_nothing_matched(*all, request));
    return ExitCode::nothing_matched;
}

// What could not be seen makes the table partial, as an instance does that has not told.
ExitCode tell(const std::vector<report::InstanceStatus>& statuses, const fleet::FleetSnapshot& fleet,
              Outside& outside) {
    if (outside.json)
        for (const auto& status : statuses)
            told_in_json(outside, report::status_event(status));
    else
        for (const auto& line : report::status_table(statuses))
            say(outside, line);
    say(outside, report::status_sentence(statuses));
    for (const auto& what : fleet.unseen)
        complain(outside, "not seen: " + what);
    if (outside.clock.interrupted()) return ExitCode::interrupted;
    return fleet.instances && std::ranges::all_of(statuses, report::is_known) ? ExitCode::done
                                                                              : ExitCode::partial;
}

} // namespace

ExitCode status(const Request& request, Outside& outside) {
    OperatorSession session(request, request.region, outside);
    aws::Client workers = session.in(request.region);
    const fleet::Selection selection{request.application, request.pattern};
    const auto fleet = fleet::look(workers, selection);
    if (!fleet) return fail(fleet.error(), "nothing was asked", outside);
    if (fleet->environments.empty()) return nobody(workers, request, outside);
    if (fleet->instances && fleet->instances->empty()) return tell({}, *fleet, outside);
    const auto document = aws::get_physical_id(workers, request.stack.name, request.stack.status_document);
    if (!document) return fail(document.error(), is_it_deployed(request.stack, request.region), outside);
    const drain::Assignment assignment{
        .selection = selection, .status_document = *document, .comment = "snow-white status"};
    const auto answers = drain::ask_workers(workers, outside.clock, assignment, *fleet);
    if (!answers) {
        complain(outside, answers.error().why);
        return outside.clock.interrupted() ? ExitCode::interrupted
                                           : code_of(drain::verdict_of(answers.error().kind));
    }
    return tell(report::statuses_of(*fleet, *answers), *fleet, outside);
}

} // namespace snow_white::cli
