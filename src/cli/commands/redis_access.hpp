// The Redis that `-a jobs` reads. In: the variable SIDEKIQ_REDIS_URL and -p. Out: looks; or why
// there is none, what to do about it, and the exit code.
#pragma once

#include "src/cli/session/context.hpp"
#include "src/sidekiq/addresses.hpp"
#include "src/sidekiq/reader.hpp"

namespace snow_white::cli {

// At least one server. An error repeats nothing of the variable but applications' names.
Parsed<sidekiq::Addresses> redis_of(const Request& request, const Environment& environment);

struct RedisFailure {
    std::string why;                       // a sentence
    std::string fix;                       // may be empty: the sentence says it
    ExitCode code = ExitCode::unavailable; // or denied: asking again changes nothing
};

class RedisAccess {
public:
    RedisAccess(const sidekiq::Addresses& addresses, Context& context);

    tl::expected<sidekiq::Snapshot, RedisFailure> look();

    // "Sidekiq's Redis HOST:PORT", "… and 2 more"
    std::string source() const;

private:
    std::vector<sidekiq::RedisUrl> servers_;
    sidekiq::Reader reader_;
};

} // namespace snow_white::cli
