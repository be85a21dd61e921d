#include "sandbox/faults/faults.hpp"

#include <algorithm>

namespace sandbox {

namespace {

bool is_of(const FaultRule& rule, const std::string& service, const std::string& action,
           const std::string& region) {
    const bool outside_aws = service == "slack" || service == "metadata";
    if (outside_aws && !happens_outside_aws(rule.kind)) return false;
    if (!rule.region.empty() && rule.region != region) return false;
    const bool right_service =
        rule.service == "*" || rule.service == service || (rule.service == "aws" && !outside_aws);
    return right_service && (rule.action == "*" || rule.action == action);
}

} // namespace

void Faults::set(const std::vector<FaultRule>& rules, snow_white::Instant now) {
    set_at_ = now;
    armed_.clear();
    for (const FaultRule& rule : rules)
        armed_.push_back({.rule = rule, .random = std::minstd_rand(rule.seed)});
}

const FaultRule* Faults::meet(const std::string& service, const std::string& action,
                              snow_white::Instant now, const std::string& region) {
    for (Armed& armed : armed_)
        if (is_of(armed.rule, service, action, region) && strikes(armed, now - set_at_))
            return &armed.rule;
    return nullptr;
}

// A bucket that was full in the beginning; a call that goes through takes a token.
bool Faults::is_within_rate(Armed& armed, snow_white::Duration age) {
    const snow_white::Duration full{1'000};
    const snow_white::Duration token = full / *armed.rule.over;
    armed.even = std::max(armed.even, age);
    if (armed.even + token > age + full) return false;
    armed.even += token;
    return true;
}

bool Faults::strikes(Armed& armed, snow_white::Duration age) {
    const FaultRule& rule = armed.rule;
    if (age < rule.from || (rule.until && age >= *rule.until)) return false;
    ++armed.seen;
    if (rule.over && is_within_rate(armed, age)) return false;
    if (armed.seen > rule.first || armed.seen % rule.every != 0) return false;
    // Of the engine's own numbers, so that every library draws the same.
    const double drawn = static_cast<double>(armed.random() - std::minstd_rand::min()) /
                         static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
    return drawn < rule.probability || rule.probability >= 1;
}

} // namespace sandbox
