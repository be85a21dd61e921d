// Sidekiq's Redis for a drain and for a status: a reader of the request's servers.
#pragma once

#include "src/cli/session/context.hpp"
#include "src/sidekiq/reader.hpp"

#include <functional>

namespace snow_white::cli {

using ReadSidekiq = std::function<tl::expected<sidekiq::Snapshot, std::string>()>;

// Keeps its connections between calls. Empty: the request names no server.
ReadSidekiq sidekiq_of(const Request& request, Context& context);

} // namespace snow_white::cli
