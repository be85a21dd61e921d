// What a call asks of IAM: may the caller do `action` on `resource`, as things stand in `context`?
#pragma once

#include <map>
#include <string>

namespace sandbox {

struct Demand {
    std::string action;   // ssm:SendCommand
    std::string resource; // an ARN, or "*" where the action knows no narrower one
    std::map<std::string, std::string>
        context;                // condition keys, spelt as in the reference: ecs:cluster
    std::string resource_words; // how the service's error names the resource; empty: it does not
};

} // namespace sandbox
