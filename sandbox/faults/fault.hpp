// One fault as a rule, and its text: `--fault 'ssm:ListCommands=throttled,first=3'`.
//
//   SERVICE[@REGION]:ACTION=KIND[,CONDITION…]
//
// SERVICE: as in the credential scope ("ssm"), or "slack" (action Post: the webhook; or a method of
// the Web API), "metadata" (actions Task and Credentials: what ECS gives a container), "aws" (all
// but slack and metadata), "*". REGION: only the calls of AWS that are for this region
// ("aws@eu-west-1:*=unavailable"). ACTION: a name or "*". Conditions, all of which have to hold:
// from=10s and until=1h (since the rules were set), first=N (of the calls that match in that time),
// every=K (each K-th of them), p=0.1 (with that probability, by a generator that seed=N starts),
// over=N (beyond so many calls a second: a token bucket that holds as many, as AWS throttles).
// `slow` takes for=5s.
#pragma once

#include "sandbox/base/types.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sandbox {

// What each does to a call: describe_fault_kinds().
enum class FaultKind {
    throttled,
    throttled_429,
    server_error,
    server_error_empty,
    server_error_after,
    unavailable,
    no_connection,
    reset_before,
    reset_after,
    timeout_before,
    timeout_after,
    truncated,
    malformed,
    wrong_shape,
    wrong_token,
    repeated_token,
    clock_skew,
    expired_token,
    denied,
    absent,
    empty,
    slow
};

struct FaultRule {
    std::string service = "*";
    std::string region; // empty: any, and what is outside AWS
    std::string action = "*";
    FaultKind kind = FaultKind::throttled;
    Duration from{0};
    std::optional<Duration> until;
    std::size_t first = SIZE_MAX;
    std::size_t every = 1;
    double probability = 1;
    std::uint32_t seed = 1;
    std::optional<int> over; // calls a second
    Duration pause{0};       // of `slow`
};

// Failure: std::invalid_argument, one line that names the text, what is wrong with it, and the
// kinds there are.
FaultRule parse_fault(const std::string& text);

// "throttled-429"
std::string name_of(FaultKind kind);

// A line for each kind: its name and what it does.
std::string describe_fault_kinds();

// The webhook and the container's metadata are no AWS services: they know no page tokens,
// signatures or lists.
bool happens_outside_aws(FaultKind kind);

// What they answer in place of their work; 0: a fault without a status.
int status_outside_aws(FaultKind kind);

} // namespace sandbox
