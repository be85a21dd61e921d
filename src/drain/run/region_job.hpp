// What a drain has to do in one region: plain data, in AWS's own names.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/drain/model/action.hpp"
#include "src/fleet/discovery.hpp"
#include "src/sidekiq/model/snapshot.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace snow_white::drain {

struct RegionJob {
    fleet::EnvironmentQuery query;
    Action action = Action::quiet;
    std::string document; // physical name of the action's document
    // Prefixes of the physical names of the stack's other documents: their commands are reported,
    // and not followed.
    std::vector<std::pair<Action, std::string>> other_documents;
    std::string status_document; // empty: there is none
    std::string comment;         // goes with each command
    // Reads Sidekiq's Redis, or says why not; empty: there is none for the application.
    std::function<tl::expected<sidekiq::Snapshot, std::string>()> read_sidekiq = {};
    std::string batch; // of the action's commands, as aws::CommandRequest has it
};

// The answers to a drain's first calls, which are made before its job is known, concurrently with
// the look-up of the documents' names. Each answer is used once.
struct PrefetchedAnswers {
    std::optional<aws::Result<fleet::FleetSnapshot>> fleet;
    std::optional<aws::Result<std::vector<aws::CommandSummary>>> executing;
};

// Calls for Client::run_concurrently; `client` and `into` outlive them.
std::vector<std::function<void()>>
prefetch(aws::Client& client, const fleet::EnvironmentQuery& query, PrefetchedAnswers& into);

} // namespace snow_white::drain
