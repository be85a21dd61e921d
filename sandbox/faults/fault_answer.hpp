// What a fault makes of a call: before the service acts a refusal or no answer at all, after it
// another answer. Sources of the words: the services' "Common Errors" pages; botocore's retry
// definitions
// (_retry.json) for how throttling is spelt; answers as SDK users quote them: SSM
// "ThrottlingException: Rate exceeded" with 400 (amazon-ssm-agent issue 15), Elastic Beanstalk
// "Throttling: Rate exceeded" with 400 (beanstalk-deploy issue 101), EC2 "RequestLimitExceeded:
// Request limit exceeded." with 503 (bosh-aws-cpi-release issue 61).
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/http_message.hpp"

#include <functional>
#include <optional>

namespace sandbox {

// The answer that does not come, when the service never sees the call. Its status is 0.
std::optional<HttpResponse> lost_before(FaultKind kind);

// The error in place of the service's work, for a call that is otherwise right.
std::optional<AwsError> refusal_by(FaultKind kind, const Call& call, const Dialect& dialect);

// A page token that repeated_token gave out is nobody's: the question is the first page's again.
void take_back_token(FaultKind kind, Json& parameters);

// Page tokens and lists in what the service found. Throws AwsError for an error in place of a done
// work's answer.
void change_result(FaultKind kind, const Call& call, const Shape& shape, Json& result);

// The answer as it goes over the wire.
void change_answer(const FaultRule& rule, HttpResponse& answer);

// The same for Slack's webhook and the container's metadata: `work` does what was asked, `refuse`
// answers a status in its place.
HttpResponse answer_outside_aws(const FaultRule& rule, const std::function<HttpResponse()>& work,
                                const std::function<HttpResponse(int)>& refuse);

// The name of an action's page token among its parameters; empty when it has no pages.
std::string token_name(const Shape& shape);

} // namespace sandbox
