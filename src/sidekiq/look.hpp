// One look at one Redis server: which commands are sent, and how the replies become a Snapshot.
#pragma once

#include "src/sidekiq/link.hpp"
#include "src/sidekiq/model/snapshot.hpp"

#include <string>
#include <vector>

namespace snow_white::sidekiq {

// What the last look has listed, as Redis has it. The next one asks for these in its first round
// trip, and needs another one only for what is new.
struct Listed {
    std::vector<std::string> identities; // sorted
    std::vector<std::string> queues;     // sorted
};

// Of one server; its processes, jobs and queues are not sorted yet. `name_space` may be empty.
// `text_left`: how many bytes of text may still be kept; what it keeps is taken off.
tl::expected<Snapshot, LinkFailure> look(Link& link, const std::string& name_space, Listed& listed,
                                         std::size_t& text_left, Duration deadline);

} // namespace snow_white::sidekiq
