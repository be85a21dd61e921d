// Whom a command in flight is for, held against the environments that were asked for. Pure.
#pragma once

#include "src/aws/services/ssm.hpp"
#include "src/fleet/model/snapshot.hpp"

#include <set>

namespace snow_white::cli {

enum class Scope {
    none,  // none of ours
    exact, // ours and no others
    wider, // ours and others, too
};

// A command names environments by their tag, or instances. An instance that `fleet` does not know
// counts as not ours: it may be somebody's. `gone`: environments that were asked for and no longer
// exist. They make a command neither ours nor others'; a command for nobody else is ours.
Scope scope_of(const aws::Targets& targets, const fleet::FleetSnapshot& fleet,
               const std::set<std::string>& gone = {});

// "acme-workers, acme-mailers"; "i-0123456789abcdef0 and 2 more instances"
std::string in_words(const aws::Targets& targets);

} // namespace snow_white::cli
