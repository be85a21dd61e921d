#include "sandbox/faults/fault.hpp"
#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/region.hpp"
#include "src/base/enum_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace sandbox {

namespace {

struct KindEntry {
    FaultKind value;
    const char* name;
    bool outside_aws;
    const char* effect;
};

constexpr KindEntry kinds[] = {
    {FaultKind::throttled, "throttled", true,
     "refused as too frequent, in the service's usual spelling"},
    {FaultKind::throttled_429, "throttled-429", true,
     "the same in the other: HTTP 429, 503 for XML, or wrapped (RunTask)"},
    {FaultKind::server_error, "server-error", true, "HTTP 500 InternalFailure; nothing was done"},
    {FaultKind::server_error_empty, "server-error-empty", true,
     "HTTP 500 without a body; nothing was done"},
    {FaultKind::server_error_after, "server-error-after", true, "HTTP 500, but it was done"},
    {FaultKind::unavailable, "unavailable", true, "HTTP 503; nothing was done"},
    {FaultKind::no_connection, "no-connection", true,
     "no connection comes about (on the port: one that is reset unanswered)"},
    {FaultKind::reset_before, "reset-before", true, "the connection dies; nothing was done"},
    {FaultKind::reset_after, "reset-after", true,
     "the connection dies before the answer, but it was done"},
    {FaultKind::timeout_before, "timeout-before", true, "no answer for a minute; nothing was done"},
    {FaultKind::timeout_after, "timeout-after", true, "no answer for a minute, but it was done"},
    {FaultKind::truncated, "truncated", true,
     "done; the connection dies in the middle of the answer"},
    {FaultKind::malformed, "malformed", true, "done; half of the answer, as if it were the whole"},
    {FaultKind::wrong_shape, "wrong-shape", true,
     "done; an answer that parses and is not this service's"},
    {FaultKind::wrong_token, "wrong-token", false,
     "the answer has a page token that is refused when it comes back"},
    {FaultKind::repeated_token, "repeated-token", false,
     "the answer has the page token that it was asked with"},
    {FaultKind::clock_skew, "clock-skew", false, "the signature is refused as too old"},
    {FaultKind::expired_token, "expired-token", false, "the session token is refused as expired"},
    {FaultKind::denied, "denied", true, "refused for want of a right"},
    {FaultKind::absent, "absent", true,
     "what is asked for does not exist (a command that AWS forgets)"},
    {FaultKind::empty, "empty", false,
     "the answer's lists are empty (not known yet, or no longer)"},
    {FaultKind::slow, "slow", true, "done; answered after the pause of for=5s"},
};
static_assert(snow_white::has_all_enumerators(kinds));

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    std::string names;
    for (const KindEntry& entry : kinds)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
    throw std::invalid_argument(fmt::format(
        "fault '{}': {}; wanted SERVICE:ACTION=KIND[,CONDITION…] or SERVICE@REGION:ACTION=…, e.g. "
        "ssm:ListCommands=throttled,first=3; kinds: {}; conditions: from=, until=, first=, "
        "every=, p=, seed=, over=, for= (slow)",
        text, why, names));
}

template <class Number>
Number number_in(const std::string& text, const std::string& value, Number least, Number most) {
    Number number{};
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < least ||
        number > most)
        refuse(text, fmt::format("'{}' is no number from {} to {}", value, least, most));
    return number;
}

snow_white::Duration duration_in(const std::string& text, const std::string& value) {
    const auto duration = parse_duration(value);
    if (!duration) refuse(text, fmt::format("'{}' is no duration, e.g. 500ms, 30s, 2m, 6h", value));
    return *duration;
}

void apply(const std::string& text, const std::string& condition, FaultRule& rule) {
    const std::size_t equals = std::min(condition.find('='), condition.size());
    const std::string name = condition.substr(0, equals);
    const std::string value = equals < condition.size() ? condition.substr(equals + 1) : "";
    if (name == "from")
        rule.from = duration_in(text, value);
    else if (name == "until")
        rule.until = duration_in(text, value);
    else if (name == "first")
        rule.first = number_in<std::size_t>(text, value, 1, 1'000'000);
    else if (name == "every")
        rule.every = number_in<std::size_t>(text, value, 1, 1'000'000);
    else if (name == "p")
        rule.probability = number_in<double>(text, value, 0, 1);
    else if (name == "seed")
        rule.seed = number_in<std::uint32_t>(text, value, 0, UINT32_MAX);
    else if (name == "over")
        rule.over = number_in<int>(text, value, 1, 1'000'000);
    else if (name == "for" && rule.kind == FaultKind::slow)
        rule.pause = duration_in(text, value);
    else
        refuse(text, fmt::format("there is no condition '{}' here", condition));
}

bool is_outside_aws(const FaultRule& rule) {
    return rule.service == "slack" || rule.service == "metadata";
}

// "ssm" or "ssm@eu-west-1"
void take_service(const std::string& text, const std::string& calls, FaultRule& rule) {
    const std::size_t at = std::min(calls.find('@'), calls.size());
    rule.service = calls.substr(0, at);
    if (at == calls.size()) return;
    rule.region = calls.substr(at + 1);
    if (!is_region(rule.region)) refuse(text, fmt::format("there is no region '{}'", rule.region));
    if (is_outside_aws(rule)) refuse(text, fmt::format("{} is of no region", rule.service));
}

const KindEntry& entry_of(FaultKind kind) {
    return *std::ranges::find(kinds, kind, &KindEntry::value);
}

} // namespace

FaultRule parse_fault(const std::string& text) {
    std::istringstream parts(text);
    std::string head;
    std::getline(parts, head, ',');
    const std::size_t colon = head.find(':');
    const std::size_t equals = head.find('=');
    if (colon == std::string::npos || equals == std::string::npos || colon > equals || colon == 0 ||
        equals == colon + 1)
        refuse(text, "it does not say which calls and what happens to them");
    FaultRule rule;
    take_service(text, head.substr(0, colon), rule);
    rule.action = head.substr(colon + 1, equals - colon - 1);
    const std::string kind = head.substr(equals + 1);
    const auto* const entry = std::ranges::find(kinds, kind, &KindEntry::name);
    if (entry == std::end(kinds)) refuse(text, fmt::format("there is no kind '{}'", kind));
    rule.kind = entry->value;
    for (std::string condition; std::getline(parts, condition, ',');)
        apply(text, condition, rule);
    if (rule.kind == FaultKind::slow && rule.pause.count() == 0)
        refuse(text, "slow wants its pause, e.g. for=5s");
    if (rule.until && *rule.until <= rule.from) refuse(text, "until is not after from");
    if (is_outside_aws(rule) && !entry->outside_aws)
        refuse(text, fmt::format("{} does not happen to {}", kind, rule.service));
    return rule;
}

std::string name_of(FaultKind kind) {
    return entry_of(kind).name;
}

std::string describe_fault_kinds() {
    std::string lines;
    for (const KindEntry& entry : kinds)
        lines += fmt::format("  {:<19} {}\n", entry.name, entry.effect);
    return lines;
}

bool happens_outside_aws(FaultKind kind) {
    return entry_of(kind).outside_aws;
}

} // namespace sandbox
