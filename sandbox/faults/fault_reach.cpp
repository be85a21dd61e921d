#include "sandbox/faults/fault_reach.hpp"
#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/world/region.hpp"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace sandbox {

void check_reach(const FaultRule& rule, const ActionTable& actions) {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(fmt::format("fault '{}{}{}:{}={}': {}", rule.service,
                                                rule.region.empty() ? "" : "@", rule.region,
                                                rule.action, name_of(rule.kind), why));
    };
    if (rule.service == "*" || rule.service == "aws") {
        if (rule.action != "*") refuse("an action needs its service, e.g. ssm:SendCommand");
        return;
    }
    const bool outside = rule.service == "slack" || rule.service == "metadata";
    if (!outside && find_dialect(rule.service) == nullptr)
        refuse("there is no such service; wanted sts, iam, ec2, cloudformation, elasticbeanstalk, "
               "ssm, ecs, "
               "logs, "
               "slack, metadata, aws or *");
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

} // namespace sandbox
