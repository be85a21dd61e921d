// How the workers of an instance are laid out, booted or simulated: the LAYOUT of --environment
// NAME=COUNT:LAYOUT.
#pragma once

#include <array>
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
    std::string_view name;
    std::string_view unit; // the service that it is about (sandbox/instances/units)
    int workers;
};

inline constexpr std::array<LayoutFacts, 4> layouts{{{"procfile", "worker.service", 1},
                                                     {"sidekiq", "sidekiq.service", 1},
                                                     {"pair", "worker.service", 2},
                                                     {"web", "web.service", 0}}};

constexpr const LayoutFacts& facts_of(Layout layout) {
    return layouts.at(static_cast<std::size_t>(layout));
}

// Throws std::runtime_error with the names that exist.
inline Layout layout_named(std::string_view name) {
    for (std::size_t i = 0; i < layouts.size(); ++i)
        if (layouts.at(i).name == name) return static_cast<Layout>(i);
    throw std::runtime_error("unknown layout '" + std::string(name) +
                             "'; there are procfile, sidekiq, pair and web");
}

} // namespace sandbox
