// What is to be done about each instance, and what they make of the whole. Pure.
#pragma once

#include "src/drain/state.hpp"

#include <algorithm>

namespace snow_white::drain {

// A sentence of the report's, which says each once. False: it was there already.
bool add_once(std::vector<std::string>& sentences, const std::string& sentence);

// It is there, and EC2 has not stopped it or taken it away.
bool runs(const Member& member);
// By its own word or SSM's, what was asked for holds.
bool claims_success(const Member& member);
// No command ends there: EC2 takes it away, or its agent does not answer.
bool is_hopeless(const Member& member, Instant now);
// It has no agent yet, and is young enough to get one.
bool may_still_come(const Member& member, Instant now);
// Another command would help: never reached, or seen taking jobs again, or its script died.
bool needs_acting(const State& state, const Member& member);
// The next sweep may see it better.
bool needs_another_look(const State& state, const Member& member);

std::vector<InstanceId> to_act_on(const State& state);
fleet::Known known(const State& state); // for the next look

// Those whom the order names, by their environments or ids.
template <class Do> void for_each_meant(State& state, const Order& order, Do what) {
    for (auto& [id, member] : state.members)
        if (std::ranges::find(order.environments, member.environment) != order.environments.end() ||
            std::ranges::find(order.instances, id) != order.instances.end())
            what(member);
}

// A command that does this is on its way, ours or somebody else's: what they came to before counts no more.
void mark_told(State& state, const Order& order);

// SSM reports success and not one instance's line came with it: the documents are not ours, a sweep shows
// nothing.
bool nobody_spoke(const State& state);

Finding finding_of(const State& state, const Member& member, Instant now);
Report judge(State state, Instant now);

} // namespace snow_white::drain
