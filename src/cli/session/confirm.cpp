#include "src/cli/session/confirm.hpp"

#include <unistd.h>

namespace snow_white::cli {

aws::Prompt person_at_terminal(const Clock& clock) {
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) return {};
    return [&clock](const std::string& question) {
        return aws::ask_on_terminal(question, clock, aws::Echo::on);
    };
}

bool asks_first(const Request& request, const Context& context) {
    return request.action == drain::Action::stop && !request.yes && !context.json && context.ask;
}

std::optional<ExitCode> confirm(const Request& request, Context& context) {
    if (!asks_first(request, context)) return std::nullopt;
    print_line(
        context,
        "their workers finish what they run; then the services end, and stay down until a wake");
    const auto answer = context.ask("Stop them? [y/N] ");
    if (answer && (*answer == "y" || *answer == "Y" || *answer == "yes")) return std::nullopt;
    if (context.clock.interrupted()) {
        print_error(context, "interrupted; nothing was stopped");
        return ExitCode::interrupted;
    }
    print_error(context, "not confirmed; nothing was stopped (--yes skips the question)");
    return ExitCode::cancelled;
}

} // namespace snow_white::cli
