// snow-white-check. In: arguments that name logs, or a log on standard input. Out: an exit code of
// promises/check_command.hpp, or 70 for a bug of ours. What it checks is in src/promises.
#include "src/base/output.hpp"
#include "src/promises/check_command.hpp"
#include "src/report/names.hpp"

#include <exception>
#include <fmt/format.h>
#include <iostream>

int main(int argc, char** argv) {
    try {
        return static_cast<int>(
            snow_white::promises::check({argv + 1, argv + argc}, std::cin, stdout, stderr));
    } catch (const std::exception& bug) {
        snow_white::write_line(
            stderr,
            fmt::format("snow-white-check: internal error: {}; please report it", bug.what()));
        return static_cast<int>(snow_white::report::ExitCode::internal);
    }
}
