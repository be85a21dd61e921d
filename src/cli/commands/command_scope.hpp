// Whether a command in flight is for the requested environments. In: its targets, and the fleet.
// Out: a scope, and words for people. Pure.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/fleet/model/snapshot.hpp"

#include <set>

namespace snow_white::cli {

enum class Scope {
    none,  // for none of ours
    exact, // for ours only
    wider, // for ours and for others
};

// A command names environments by their tag, or instances. An instance that is not in `fleet`
// counts as others'. `gone`: environments that were requested and no longer exist. They make a
// command neither ours nor others'; a command for these alone is ours.
Scope scope_of(const aws::Targets& targets, const fleet::FleetSnapshot& fleet,
               const std::set<std::string>& gone = {});

// "acme-workers, acme-mailers"; "i-0123456789abcdef0 and 2 more instances"
std::string in_words(const aws::Targets& targets);

} // namespace snow_white::cli
