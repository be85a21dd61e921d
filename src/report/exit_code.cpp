#include "src/report/exit_code.hpp"

#include "src/base/enum_names.hpp"

namespace snow_white::report {

namespace {

using drain::Verdict;

constexpr EnumName<ExitCode> exit_code_names[] = {{ExitCode::done, "done"},
                                                  {ExitCode::partial, "partial"},
                                                  {ExitCode::usage, "usage"},
                                                  {ExitCode::nothing_matched, "nothing_matched"},
                                                  {ExitCode::refused, "refused"},
                                                  {ExitCode::timed_out, "timed_out"},
                                                  {ExitCode::denied, "denied"},
                                                  {ExitCode::cancelled, "cancelled"},
                                                  {ExitCode::interrupted, "interrupted"},
                                                  {ExitCode::unavailable, "unavailable"},
                                                  {ExitCode::internal, "internal"}};
static_assert(has_all_enumerators(exit_code_names));

struct VerdictCode {
    Verdict value;
    ExitCode code;
};

constexpr VerdictCode verdict_codes[] = {{Verdict::done, ExitCode::done},
                                         {Verdict::partial, ExitCode::partial},
                                         {Verdict::nothing_matched, ExitCode::nothing_matched},
                                         {Verdict::timed_out, ExitCode::timed_out},
                                         {Verdict::cancelled, ExitCode::cancelled},
                                         {Verdict::interrupted, ExitCode::interrupted},
                                         {Verdict::denied, ExitCode::denied},
                                         {Verdict::refused, ExitCode::refused},
                                         {Verdict::unavailable, ExitCode::unavailable}};
static_assert(has_all_enumerators(verdict_codes));

} // namespace

ExitCode code_of(Verdict verdict) {
    const auto* row = std::ranges::find(verdict_codes, verdict, &VerdictCode::value);
    return row == std::end(verdict_codes) ? ExitCode::internal : row->code;
}

std::string_view name_of(ExitCode code) {
    const std::string_view name = name_of(exit_code_names, code);
    return name.empty() ? "internal" : name;
}

} // namespace snow_white::report
