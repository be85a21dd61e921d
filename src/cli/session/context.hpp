// What every command is given and what it prints through. In: a request and the outside world. Out:
// lines for people or, with --json, an event a line; and an exit code.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/credentials/mfa_prompt.hpp"
#include "src/cli/input/request.hpp"
#include "src/report/json/json_reporter.hpp"
#include "src/report/names.hpp"
#include "src/sidekiq/socket.hpp"

#include <cstdio>
#include <exception>

namespace snow_white::cli {

using report::code_of;
using report::ExitCode;

// The outside world, made in main (or by a test).
struct Context {
    const Environment& environment; // in the container: only the variables that it takes
    Http& http;
    Clock& clock;
    std::FILE* out;
    std::FILE* err;
    bool json = false;             // --json: every message is an object on `out`, `err` gets none
    aws::Prompt ask = {};          // the person at the terminal; empty in a pipe, CI, the container
    std::string region_label = {}; // printed lines begin with it; empty: with a single target
    bool in_container = false;     // this is the task (own_process.hpp)
    std::string program = "snow-white.sh"; // as it was typed
    sidekiq::Sockets* sockets = nullptr;   // to Sidekiq's Redis
};

// Labels what is printed while it lives.
class RegionLabel {
public:
    RegionLabel(Context& context, const std::string& label) : context_(context) {
        context.region_label = label;
    }
    RegionLabel(const RegionLabel&) = delete;
    RegionLabel& operator=(const RegionLabel&) = delete;
    ~RegionLabel() { context_.region_label.clear(); }

private:
    Context& context_;
};

// What reports say about the run. `invoker`: empty: not known. `started`: when a monitor began it.
report::RunInfo run_info_of(const Request& request, const std::string& invoker = {},
                            std::optional<Instant> started = {});

// argv (without the program's name) to exit code.
ExitCode run(const std::vector<std::string>& arguments, Context& context);

// Submits the Fargate task; with Mode::wait also follows it.
ExitCode launch(const Request& request, Context& context);

// Is the monitor: --here, or the container.
ExitCode monitor(const Request& request, Context& context);

// Shows what the action would do and what would prevent it; changes nothing.
ExitCode dry_run(const Request& request, Context& context);

// Cancels the action's commands that are in flight for the environments, and tasks that have not
// sent theirs.
ExitCode cancel(const Request& request, Context& context);

// Shows what each worker does now; sends the read-only status document and nothing else.
ExitCode status(const Request& request, Context& context);

// Shows the jobs that run now, by Sidekiq's own Redis; only reads.
ExitCode jobs(const Request& request, Context& context);

// The message for an exception that should not have happened.
std::string crash_message(const std::exception& bug);

// "eu-west-1: …", where the context has a label.
std::string with_region_label(const Context& context, const std::string& text);

// With --json: prints the event on a line of its own; true. Otherwise false: print words instead.
bool print_json_event(const Context& context, const report::JsonEvent& event);

// A line for a person, on `out`, flushed. Control characters of names and words from outside are
// replaced. With --json: the event `said`.
void print_line(const Context& context, const std::string& line);

// The same on `err`, as "snow-white: …". With --json: the event `error`.
void print_error(const Context& context, const std::string& message);

template <class First, class... More>
void print_line(const Context& context, fmt::format_string<First, More...> line, First&& first,
                More&&... more) {
    print_line(context, fmt::format(line, std::forward<First>(first), std::forward<More>(more)...));
}

template <class First, class... More>
void print_error(const Context& context, fmt::format_string<First, More...> message, First&& first,
                 More&&... more) {
    print_error(context,
                fmt::format(message, std::forward<First>(first), std::forward<More>(more)...));
}

drain::Verdict verdict_of(aws::ErrorKind kind);

// What to do about an error of sts:GetCallerIdentity, the first call of a command.
std::string fix_for_identity(const aws::Error& error, const std::string& profile);

// The call named the stack, or what belongs to it: for another stack's name AWS says denied where
// the rights are for the stack alone.
bool names_stack(const aws::Error& error);

// An AWS error that ended the command: prints it with the fix (may be empty); its exit code.
ExitCode fail(const aws::Error& error, const std::string& fix, Context& context);

} // namespace snow_white::cli
