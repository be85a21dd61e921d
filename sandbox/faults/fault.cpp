#include "sandbox/faults/fault.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/region.hpp"
#include "src/base/enum_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace sandbox {

namespace {

using enum FaultKind;

constexpr int never = -1;

struct KindEntry {
    FaultKind value;
    const char* name;
    int status_outside_aws; // 0: a fault without a status; never: it happens in AWS alone
    const char* effect;
};

constexpr KindEntry kinds[] = {
    {throttled, "throttled", 429, "refused as too frequent, in the service's usual spelling"},
    {throttled_429, "throttled-429", 429,
     "the same in the other: HTTP 429, 503 for XML, or wrapped (RunTask)"},
    {server_error, "server-error", 500, "HTTP 500 InternalFailure; nothing was done"},
    {server_error_empty, "server-error-empty", 500, "HTTP 500 without a body; nothing was done"},
    {server_error_after, "server-error-after", 0, "HTTP 500, but it was done"},
    {unavailable, "unavailable", 503, "HTTP 503; nothing was done"},
    {no_connection, "no-connection", 0,
     "no connection comes about (on the port: one that is reset unanswered)"},
    {reset_before, "reset-before", 0, "the connection dies; nothing was done"},
    {reset_after, "reset-after", 0, "the connection dies before the answer, but it was done"},
    {timeout_before, "timeout-before", 0, "no answer for a minute; nothing was done"},
    {timeout_after, "timeout-after", 0, "no answer for a minute, but it was done"},
    {truncated, "truncated", 0, "done; the connection dies in the middle of the answer"},
    {malformed, "malformed", 0, "done; half of the answer, as if it were the whole"},
    {wrong_shape, "wrong-shape", 0, "done; an answer that parses and is not this service's"},
    {wrong_token, "wrong-token", never,
     "the answer has a page token that is refused when it comes back"},
    {repeated_token, "repeated-token", never,
     "the answer has the page token that it was asked with"},
    {clock_skew, "clock-skew", never, "the signature is refused as too old"},
    {expired_token, "expired-token", never, "the session token is refused as expired"},
    {denied, "denied", 403, "refused for want of a right"},
    {absent, "absent", 404, "what is asked for does not exist (a command that AWS forgets)"},
    {empty, "empty", never, "the answer's lists are empty (not known yet, or no longer)"},
    {slow, "slow", 0, "done; answered after the pause of for=5s"},
};
static_assert(snow_white::has_all_enumerators(kinds));

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    std::string names;
    for (const KindEntry& entry : kinds)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
    fail<std::invalid_argument>(
        "fault '{}': {}; wanted SERVICE:ACTION=KIND[,CONDITION…] or SERVICE@REGION:ACTION=…, e.g. "
        "ssm:ListCommands=throttled,first=3; kinds: {}; conditions: from=, until=, first=, "
        "every=, p=, seed=, over=, for= (slow)",
        text, why, names);
}

template <class Number>
Number number_in(const std::string& text, const std::string& value, Number least, Number most) {
    const auto number = parse_number<Number>(value);
    if (!number || *number < least || *number > most)
        refuse(text, fmt::format("'{}' is no number from {} to {}", value, least, most));
    return *number;
}

Duration duration_in(const std::string& text, const std::string& value) {
    const auto duration = parse_duration(value);
    if (!duration) refuse(text, fmt::format("'{}' is no duration, e.g. 500ms, 30s, 2m, 6h", value));
    return *duration;
}

void apply(const std::string& text, const std::string& condition, FaultRule& rule) {
    const auto [name, value] = split_at(condition, '=');
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
    else if (name == "for" && rule.kind == slow)
        rule.pause = duration_in(text, value);
    else
        refuse(text, fmt::format("there is no condition '{}' here", condition));
}

bool is_outside_aws(const FaultRule& rule) {
    return rule.service == "slack" || rule.service == "metadata";
}

// "ssm" or "ssm@eu-west-1"
void take_service(const std::string& text, const std::string& calls, FaultRule& rule) {
    std::tie(rule.service, rule.region) = split_at(calls, '@');
    if (rule.service == calls) return;
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
    if (rule.kind == slow && rule.pause.count() == 0)
        refuse(text, "slow wants its pause, e.g. for=5s");
    if (rule.until && *rule.until <= rule.from) refuse(text, "until is not after from");
    if (is_outside_aws(rule) && entry->status_outside_aws == never)
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
    return entry_of(kind).status_outside_aws != never;
}

int status_outside_aws(FaultKind kind) {
    return entry_of(kind).status_outside_aws;
}

} // namespace sandbox
