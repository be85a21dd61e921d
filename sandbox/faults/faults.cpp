#include "sandbox/faults/faults.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/world/region.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

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

void check_reach(const FaultRule& rule, const ActionTable& actions) {
    const auto refuse = [&](const std::string& why) {
        fail<std::invalid_argument>("fault '{}{}{}:{}={}': {}", rule.service,
                                    rule.region.empty() ? "" : "@", rule.region, rule.action,
                                    name_of(rule.kind), why);
    };
    if (rule.service == "*" || rule.service == "aws") {
        if (rule.action != "*") refuse("an action needs its service, e.g. ssm:SendCommand");
        return;
    }
    const bool outside = rule.service == "slack" || rule.service == "metadata";
    if (!outside && find_dialect(rule.service) == nullptr)
        refuse("there is no such service; wanted sts, iam, ec2, cloudformation, elasticbeanstalk, "
               "ssm, ecs, logs, slack, metadata, aws or *");
    if (!outside && !rule.region.empty() && !serves(*find_dialect(rule.service), rule.region))
        refuse(fmt::format("it is AWS's once, and its calls are for {}", home_region));
    if (rule.action == "*") return;
    if (outside) {
        const std::set<std::string> known =
            rule.service == "slack" ? std::set<std::string>{"Post", "auth.test", "chat.postMessage",
                                                            "chat.update", "users.lookupByEmail"}
                                    : std::set<std::string>{"Task", "Credentials"};
        if (!known.contains(rule.action))
            refuse("wanted slack:Post, a method of slack's such as slack:chat.update, "
                   "metadata:Task or "
                   "metadata:Credentials");
        return;
    }
    const Action* const action = actions.find(rule.service, rule.action);
    if (action == nullptr) refuse("the sandbox has no such action of that service");
    const bool of_pages =
        rule.kind == FaultKind::wrong_token || rule.kind == FaultKind::repeated_token;
    if (of_pages && token_name(action->shape).empty()) refuse("this action has no pages");
}

void Faults::set(const std::vector<FaultRule>& rules, Instant now) {
    set_at_ = now;
    active_.clear();
    for (const FaultRule& rule : rules)
        active_.push_back({.rule = rule, .random = std::minstd_rand(rule.seed)});
}

const FaultRule* Faults::rule_for(const std::string& service, const std::string& action,
                                  Instant now, const std::string& region) {
    for (ActiveFault& fault : active_)
        if (is_of(fault.rule, service, action, region) && applies(fault, now - set_at_))
            return &fault.rule;
    return nullptr;
}

// A bucket that was full in the beginning; a call that goes through takes a token.
bool Faults::is_within_rate(ActiveFault& fault, Duration age) {
    const Duration full{1'000};
    const Duration token = full / *fault.rule.over;
    fault.bucket_time = std::max(fault.bucket_time, age);
    if (fault.bucket_time + token > age + full) return false;
    fault.bucket_time += token;
    return true;
}

bool Faults::applies(ActiveFault& fault, Duration age) {
    const FaultRule& rule = fault.rule;
    if (age < rule.from || (rule.until && age >= *rule.until)) return false;
    ++fault.seen;
    if (rule.over && is_within_rate(fault, age)) return false;
    if (fault.seen > rule.first || fault.seen % rule.every != 0) return false;
    // Of the engine's own numbers, so that every library draws the same.
    const double drawn = static_cast<double>(fault.random() - std::minstd_rand::min()) /
                         static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
    return drawn < rule.probability || rule.probability >= 1;
}

} // namespace sandbox
