// SSM Run Command. In: a document, its targets and parameters, or a command's id. Out: the
// command's id, its status, and each instance's invocation; documents and managed instances. Every
// list is complete: all pages are read. Sources: the ssm service model (2014-11-06) for limits and
// spellings; the API reference's pages on command statuses.
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

#include <functional>
#include <map>
#include <optional>

namespace snow_white::aws {

inline constexpr std::size_t managed_per_page = 50; // of DescribeInstanceInformation

// Either the values of one tag, or instance ids; the other is empty.
struct Targets {
    std::string tag;
    std::vector<std::string> values;
    std::vector<InstanceId> ids;
    bool operator==(const Targets&) const = default;
};

struct CommandRequest {
    std::string document; // its physical name
    Targets targets;
    std::string comment;                // cut to 100 characters, SSM's limit
    std::chrono::seconds delivery{600}; // TimeoutSeconds: the agent fetches the command within it
    // The document's parameters, one value each. SSM refuses a name that the document lacks
    // (InvalidParameters).
    std::map<std::string, std::string> parameters = {};
    // MaxConcurrency, "10" or "25%": so many instances at a time; after the first failure no
    // further instance begins. Empty: all at once, and a failure stops no other instance.
    std::string batch;
};

// Sends the document's latest version: reports differ on whether CloudFormation makes it the
// default version.
Result<CommandId> send_command(Client& client, const CommandRequest& request);

enum class CommandStatus {
    pending,
    in_progress,
    cancelling,
    success,
    failed,
    timed_out,
    cancelled
};

bool is_over(CommandStatus status);

// A command as ListCommands has it: the call costs the same for one instance and ten thousand.
struct CommandSummary {
    CommandId id;
    CommandStatus status = CommandStatus::pending;
    std::string document;
    Targets targets;
    int targeted = 0;
    int completed = 0;                     // successful or not
    std::optional<Instant> requested = {}; // by SSM's clock; none: not in the answer
};

Result<CommandSummary> get_command(Client& client, const CommandId& id);

// Pending and running commands of a document; `document` empty: of every document.
Result<std::vector<CommandSummary>> list_executing_commands(Client& client,
                                                            const std::string& document = {});

// Commands requested since then (by SSM's clock), in whatever status: of a document, or of every
// document.
Result<std::vector<CommandSummary>> list_commands_since(Client& client, const std::string& document,
                                                        Instant since);
Result<std::vector<CommandSummary>> list_commands_since(Client& client, Instant since);

// A request only: SSM does not guarantee it, and an invocation that has ended keeps its status.
// Cancelling a command that is over is no error.
Result<void> cancel_command(Client& client, const CommandId& id);

struct Invocation {
    InstanceId id;
    CommandStatus status = CommandStatus::pending;
    // StatusDetails without its spaces: "DeliveryTimedOut", "ExecutionTimedOut", …
    std::string detail;
    // The script's output, up to SSM's 2,500 characters; of another step where that one failed and
    // the script printed no instance line.
    std::string output;
    std::optional<Instant> requested = {}; // when SSM got the command; none: not in the answer
    std::size_t steps = 0; // the document's steps that SSM lists: none before the script begins
};

// Calls `take` for each invocation; a page has 50. After an error the list is incomplete: discard
// what was taken.
Result<void> list_invocations(Client& client, const CommandId& id,
                              const std::function<void(Invocation)>& take);

inline constexpr const char* latest_version = "$LATEST";
// What SSM runs when a sender names no version; the console does so.
inline constexpr const char* default_version = "$DEFAULT";

struct DocumentText {
    std::string text;    // as it was uploaded: JSON or YAML
    std::string version; // a number
};

Result<DocumentText> get_document(Client& client, const std::string& document, const char* version);

struct ManagedInstance {
    InstanceId id;
    bool online = false;            // PingStatus
    std::string agent_version = {}; // "3.3.1957.0"; empty: not in the answer
    std::string host = {};          // ComputerName; empty: not in the answer
};

// Instances that have one of the tag's values.
Result<std::vector<ManagedInstance>>
describe_managed_instances(Client& client, const std::string& tag,
                           const std::vector<std::string>& values);

// Instances by id, 50 a call, all calls at once. An instance that never registered with SSM is
// left out.
Result<std::vector<ManagedInstance>> describe_managed_instances(Client& client,
                                                                const std::vector<InstanceId>& ids);

// All instances of the region whose agents do not answer (ConnectionLost, Inactive). There is no
// filter by environment: SSM refuses a tag beside any other filter ("Cannot mix tag or inventory
// filter with any other filter", its ValidationException).
Result<std::vector<InstanceId>> find_silent_agents(Client& client);

} // namespace snow_white::aws
