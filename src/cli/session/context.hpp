// One function a command. Each prints what it has to say and gives back how it ended.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/credentials/mfa_prompt.hpp"
#include "src/cli/input/request.hpp"
#include "src/report/exit_code.hpp"
#include "src/report/json/json_reporter.hpp"

#include <cstdio>
#include <exception>

namespace snow_white::cli {

using report::code_of;
using report::ExitCode;

// The outside world, made in main (or by a test).
struct Context {
    const Environment& environment;
    Http& http;
    Clock& clock;
    std::FILE* out;
    std::FILE* err;
    bool json = false; // --json: all that is said is an object on `out`, nothing is on `err`
    aws::Prompt ask =
        {}; // the person at the terminal; empty: nobody is there (a pipe, CI, the container)
    std::string region_label =
        {}; // of several, the one that is spoken of: what is said begins with its name
    bool in_container =
        false; // this is the task (own_process.hpp); `environment` is what the container may know
};

// What reports say of the request; who asked, and the deadline, are the monitor's to add.
report::RunInfo run_info_of(const Request& request);

// Submits the Fargate task; with Way::wait also follows it.
ExitCode launch(const Request& request, Context& context);

// Is the monitor: `--here`, or the container.
ExitCode monitor(const Request& request, Context& context);

// Says what the action would do and what stands in its way; changes nothing.
ExitCode dry_run(const Request& request, Context& context);

// Cancels the action's commands that are in flight for the environments.
ExitCode cancel(const Request& request, Context& context);

// Says what each worker does now; sends the read-only status document and nothing else.
ExitCode status(const Request& request, Context& context);

// Each place of the request in turn, and the request for it; what is said meanwhile begins with its
// name.
template <class Do> void for_each_region(const Request& request, Context& context, Do act) {
    for (const auto& place : request.region_targets()) {
        context.region_label = place.name;
        act(place, request.at(place));
    }
    context.region_label.clear();
}

// What is said of a bug of ours.
std::string words_of(const std::exception& bug);

// argv (without the program's name) to exit code.
ExitCode run(const std::vector<std::string>& arguments, Context& context);

// "eu-west-1: …", where a place is spoken of.
std::string with_region_label(const Context& context, const std::string& what);

// With --json: the event, on a line of its own, and true. Otherwise false: then it is for words.
bool print_json_event(const Context& context, const report::JsonEvent& event);

// A line for a person, on `out`, written at once. Names and words from outside are in it: no
// character of it steers a terminal. With --json: the event `said`.
void print_line(const Context& context, const std::string& line);

// The same on `err`, as "snow-white: …". With --json: the event `error`.
void print_error(const Context& context, const std::string& what);

drain::Verdict verdict_of(aws::ErrorKind kind);

// An error of AWS that ended the command: one line on `err`, and the code for it.
ExitCode fail(const aws::Error& error, const std::string& fix, Context& context);

} // namespace snow_white::cli
