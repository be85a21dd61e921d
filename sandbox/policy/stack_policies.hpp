// What a deployed stack's policies are, for the authorizer: those of its roles, and its managed
// ones for people.
#pragma once

#include "sandbox/policy/authorizer.hpp"
#include "sandbox/stack/stack.hpp"

namespace sandbox {

// Every role of the stack gets its inline policies and the stack's managed policies that it names.
// Failure: std::runtime_error for a managed policy that is not of this stack.
void attach_role_policies(Authorizer& authorizer, const Stack& stack);

// All managed policies of the stack, as for an operator who has everything that the template has
// for people.
void attach_managed_policies(Authorizer& authorizer, const Stack& stack, const std::string& caller);

} // namespace sandbox
