// Holds parameters against an action's shape. Throws AwsError in the service's words:
// SerializationException for a wrong JSON type, the service's validation error for a missing,
// unknown or out-of-range one.
#pragma once

#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/shape.hpp"

namespace sandbox {

// Nulls are dropped first: in JSON, null is the same as absent.
void validate(const Dialect& dialect, const Shape& shape, Json& parameters);

} // namespace sandbox
