// How Sidekiq's Redis is reached. In: SIDEKIQ_REDIS_URL, a secret: a URL, URLs with commas between
// them, or JSON that maps EB applications (and "*") to such text. Out: the addresses for one
// application, or a UsageError that holds no part of the value.
#pragma once

#include "src/cli/input/request.hpp"

namespace snow_white::cli {

// Whether it can be read for each application that it names.
bool is_redis_setting(const std::string& value);

// No server: the variable is not set, or has nothing for this application, so Redis is not asked.
// Refused: a value that cannot be read, and a user or password with a control character.
Parsed<sidekiq::Addresses> sidekiq_addresses_of(const Environment& environment,
                                                const std::string& application);

// Why --strict could never hold in this run; empty: it may. Whether a task that is launched has a
// Redis is known to the task alone.
std::string why_strict_fails(const Request& request);

} // namespace snow_white::cli
