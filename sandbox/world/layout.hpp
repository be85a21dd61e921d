// How the workers of an instance are laid out, booted or simulated: the LAYOUT of --environment
// NAME=COUNT:LAYOUT.
#pragma once

#include "src/base/enum_names.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sandbox {

enum class Layout {
    procfile, // as Elastic Beanstalk makes it of `worker: bundle exec sidekiq`
    sidekiq,  // a unit of one's own, after the example of Sidekiq's repository
    pair,     // two processes of Sidekiq below a shell, of a Procfile as well
    web       // puma, no Sidekiq
};

struct LayoutFacts {
    Layout value;
    std::string_view name;
    std::string_view unit; // the service that it is about (sandbox/instances/units)
    int workers;
};

inline constexpr LayoutFacts layouts[] = {{Layout::procfile, "procfile", "worker.service", 1},
                                          {Layout::sidekiq, "sidekiq", "sidekiq.service", 1},
                                          {Layout::pair, "pair", "worker.service", 2},
                                          {Layout::web, "web", "web.service", 0}};
static_assert(snow_white::has_all_enumerators(layouts));

constexpr const LayoutFacts& facts_of(Layout layout) {
    return *std::ranges::find(layouts, layout, &LayoutFacts::value);
}

// Throws std::runtime_error with the names that exist.
inline Layout layout_named(std::string_view name) {
    for (const LayoutFacts& layout : layouts)
        if (layout.name == name) return layout.value;
    throw std::runtime_error("unknown layout '" + std::string(name) +
                             "'; there are procfile, sidekiq, pair and web");
}

} // namespace sandbox
