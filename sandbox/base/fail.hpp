// Exceptions with a message that is formatted.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace sandbox {

// fail<std::runtime_error>("cannot read {}", path)
template <class Exception, class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> message, Arguments&&... arguments) {
    throw Exception(fmt::format(message, std::forward<Arguments>(arguments)...));
}

} // namespace sandbox
