// Where `-a jobs` reads, and what to do when it cannot. In: the variable SIDEKIQ_REDIS_URL and -p.
// Out: addresses; words for people. Pure.
#pragma once

#include "src/cli/session/context.hpp"
#include "src/sidekiq/addresses.hpp"
#include "src/sidekiq/reader.hpp"

namespace snow_white::cli {

// At least one server. An error repeats nothing of the variable but applications' names.
Parsed<sidekiq::Addresses> redis_of(const Request& request, const Environment& environment);

// "Sidekiq's Redis HOST:PORT", "…, and 2 more"
std::string source_of(const sidekiq::Addresses& addresses);

// Redis answered, and does not let this user in: asking again changes nothing.
bool is_refusal(const std::string& why);
ExitCode code_for_redis(const std::string& why);
std::string what_to_try(const std::string& why, const sidekiq::Addresses& addresses);

} // namespace snow_white::cli
