// What is to be done about one instance, and what is said of it: two ordered lists of named rules.
// The first rule that applies decides.
#pragma once

#include "src/drain/machine/targets.hpp"

#include <string_view>

namespace snow_white::drain {

enum class Need {
    nothing, // it is as asked, or nothing runs there
    act,     // the action's command
    verify,  // to be asked what its workers do
    wait,    // something is on its way: its command, its agent, a pause
    final,   // not as asked, and nothing that we can do or await changes that
};

struct RuleContext {
    Action action = Action::quiet;
    const TrackedInstance& instance;
    Duration now{};
    Duration deadline{};
};

struct Assessment {
    Need need = Need::nothing;
    std::string_view rule; // its name: rules.cpp has the list
};

Assessment assess(const RuleContext& context);

// What the report says of it.
InstanceFinding finding_of(const RuleContext& context);

// How long an instance of which a verification says this is asked again before that is final.
Duration patience_with(Action action, const InstanceFinding& finding, std::size_t workers_before);

} // namespace snow_white::drain
