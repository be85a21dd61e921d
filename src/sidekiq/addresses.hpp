// The setting SIDEKIQ_REDIS_URL. In: a URL, URLs with commas between them (shards), or a JSON
// object that maps EB applications (and "*") to such text. Out: what is meant for one application.
// An error never repeats the text: it may hold a password.
#pragma once

#include "src/sidekiq/redis_url.hpp"

#include <string>
#include <vector>

namespace snow_white::sidekiq {

struct Addresses {
    std::vector<RedisUrl> servers; // empty: this application has none
    std::string name_space;        // of redis-namespace: "?namespace=NAME" of the first URL
};

tl::expected<Addresses, std::string> addresses_for(const std::string& setting,
                                                   const std::string& application);

// The applications that the JSON names, sorted; empty: the setting is no JSON, or names none.
std::vector<std::string> applications_in(const std::string& setting);

} // namespace snow_white::sidekiq
