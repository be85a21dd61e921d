// What to do about one instance, and what the report says about it: two ordered lists of named
// rules. The first rule that applies decides.
#pragma once

#include "src/drain/machine/targets.hpp"

#include <string_view>

namespace snow_white::drain {

enum class Need {
    nothing, // it is as asked, or does not run
    act,     // the action's command
    verify,  // the status document: what its workers do is not known
    wait,    // for its command, its agent, or the end of a pause
    final,   // not as asked, and nothing that we do or await can change that
};

struct RuleContext {
    Action action = Action::quiet;
    const TrackedInstance& instance;
    Duration now{};
    Duration deadline{};
};

struct Rule {
    std::string_view name; // for people
    bool (*applies)(const RuleContext&);
    Need need;
};

// A worker takes or runs jobs there, or is about to, although the action was to end that.
bool is_at_work(const InstanceFinding& finding);

// The first rule that applies.
const Rule& rule_for(const RuleContext& context);

// For the report.
InstanceFinding finding_of(const RuleContext& context);

// Until then an instance whose verification was unclear is verified again. Then what was found last
// is final.
Duration end_of_patience(Action action, const TrackedInstance& instance);

} // namespace snow_white::drain
