// How the workers of an instance are laid out, booted or simulated: the LAYOUT of --environment
// NAME=COUNT:LAYOUT.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sandbox {

enum class Layout {
    sidekiq, // sidekiq.service, one process
    pair,    // worker.service, two processes: the older layout
    web      // web.service, no Sidekiq
};

inline constexpr std::array<std::string_view, 3> layout_names{"sidekiq", "pair", "web"};

inline std::string_view layout_name(Layout layout) {
    return layout_names.at(static_cast<std::size_t>(layout));
}

// Throws std::runtime_error with the names that exist.
inline Layout layout_named(std::string_view name) {
    for (std::size_t i = 0; i < layout_names.size(); ++i)
        if (layout_names.at(i) == name) return static_cast<Layout>(i);
    throw std::runtime_error("unknown layout '" + std::string(name) + "'; there are sidekiq, pair and web");
}

} // namespace sandbox
