#include "src/report/exit_code.hpp"

namespace snow_white::report {

ExitCode code_of(drain::Verdict verdict) {
    switch (verdict) {
    case drain::Verdict::done:
        return ExitCode::done;
    case drain::Verdict::partial:
        return ExitCode::partial;
    case drain::Verdict::nothing_matched:
        return ExitCode::nothing_matched;
    case drain::Verdict::timed_out:
        return ExitCode::timed_out;
    case drain::Verdict::cancelled:
        return ExitCode::cancelled;
    case drain::Verdict::interrupted:
        return ExitCode::interrupted;
    case drain::Verdict::denied:
        return ExitCode::denied;
    case drain::Verdict::refused:
        return ExitCode::refused;
    case drain::Verdict::unavailable:
        return ExitCode::unavailable;
    }
    return ExitCode::internal;
}

std::string_view name_of(ExitCode code) {
    switch (code) {
    case ExitCode::done:
        return "done";
    case ExitCode::partial:
        return "partial";
    case ExitCode::usage:
        return "usage";
    case ExitCode::nothing_matched:
        return "nothing_matched";
    case ExitCode::refused:
        return "refused";
    case ExitCode::timed_out:
        return "timed_out";
    case ExitCode::denied:
        return "denied";
    case ExitCode::cancelled:
        return "cancelled";
    case ExitCode::interrupted:
        return "interrupted";
    case ExitCode::unavailable:
        return "unavailable";
    case ExitCode::internal:
        break;
    }
    return "internal";
}

} // namespace snow_white::report
