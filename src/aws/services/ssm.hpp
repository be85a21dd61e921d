// SSM Run Command: a document sent to many instances, and what became of it.
// Limits and spellings: the ssm service model (2014-11-06), and the API reference's pages on
// command statuses.
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

#include <functional>
#include <map>
#include <optional>

namespace snow_white::aws {

inline constexpr std::size_t managed_a_page = 50; // instances of DescribeInstanceInformation

// Either the values of one tag, or ids; the other is empty.
struct Targets {
    std::string tag;
    std::vector<std::string> values;
    std::vector<InstanceId> ids;
    bool operator==(const Targets&) const = default;
};

struct CommandRequest {
    std::string document; // its physical name
    Targets targets;
    std::string comment;                // cut to the 100 characters that SSM takes
    std::chrono::seconds delivery{600}; // how long an instance may take to fetch it
    // Of the document, one value each. SSM refuses a name that the document lacks
    // (InvalidParameters).
    std::map<std::string, std::string> parameters = {};
    // "10" or "25%" (MaxConcurrency): so many at a time, and after the first that fails none that
    // has not begun. Empty: all at once, and nobody's failure holds the others back.
    std::string batch;
};

// The document's latest version is sent: whether CloudFormation makes it the default one is not
// settled (reports differ).
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

// One line of ListCommands: it costs the same for one instance and for ten thousand.
struct CommandSummary {
    CommandId id;
    CommandStatus status = CommandStatus::pending;
    std::string document;
    Targets targets;
    int targeted = 0;
    int completed = 0;                     // whatever their end was
    std::optional<Instant> requested = {}; // by SSM's clock; none: not told
};

Result<CommandSummary> get_command(Client& client, const CommandId& id);

// The commands of that document that are still pending or running, every page.
Result<std::vector<CommandSummary>> list_executing_commands(Client& client,
                                                            const std::string& document);

// The same of every document: CommandSummary::document says which.
Result<std::vector<CommandSummary>> list_executing_commands(Client& client);

// Those asked for since then (by SSM's clock), whatever became of them: of that document, or of
// every one.
Result<std::vector<CommandSummary>> list_commands_since(Client& client, const std::string& document,
                                                        Instant since);
Result<std::vector<CommandSummary>> list_commands_since(Client& client, Instant since);

// Asks for it: SSM gives no guarantee, and what has ended stays as it is. A command that is over is
// no error.
Result<void> cancel_command(Client& client, const CommandId& id);

struct Invocation {
    InstanceId id;
    CommandStatus status = CommandStatus::pending;
    std::string detail; // StatusDetails with its spaces taken out: "DeliveryTimedOut",
                        // "ExecutionTimedOut", …
    std::string output; // of the step that speaks for it (step_output.hpp), as far as SSM keeps it
                        // (2,500 characters)
    std::optional<Instant> requested = {}; // when SSM was given the command; none: not told
    std::size_t steps = 0; // of the document, as far as SSM lists them: none before it begins
};

// Every page, 50 invocations each; `take` gets one after the other. After an error the list is not
// whole: what was taken counts for nothing.
Result<void> list_invocations(Client& client, const CommandId& id,
                              const std::function<void(Invocation)>& take);

inline constexpr const char* latest_version = "$LATEST";
inline constexpr const char* default_version =
    "$DEFAULT"; // what the console sends, and whoever names none

struct DocumentText {
    std::string text;    // as it was uploaded: JSON or YAML
    std::string version; // its number
};

Result<DocumentText> get_document(Client& client, const std::string& document, const char* version);

struct ManagedInstance {
    InstanceId id;
    bool online = false;            // PingStatus
    std::string agent_version = {}; // "3.3.1957.0"; empty: not told
};

// Every page, 50 instances each, of those that carry one of the tag's values.
Result<std::vector<ManagedInstance>>
describe_managed_instances(Client& client, const std::string& tag,
                           const std::vector<std::string>& values);

// Of those ids, a page's worth of them at a time and all pages at once; who never registered is not
// in the answer.
Result<std::vector<ManagedInstance>> describe_managed_instances(Client& client,
                                                                const std::vector<InstanceId>& ids);

// Those of the whole region whose agents SSM does not hear. SSM refuses a filter by tag beside any
// other
// ("Cannot mix tag or inventory filter with any other filter", its ValidationException).
Result<std::vector<InstanceId>> find_silent_agents(Client& client);

} // namespace snow_white::aws
