// What Slack's error codes mean, and the fix. In: the code ("not_in_channel") with which the Web
// API or a webhook refuses. Out: one line for the operator; empty for a code that is not known.
// Sources: the lists of errors at https://docs.slack.dev/reference/methods/chat.postMessage,
// …/chat.update and …/auth.test; for webhooks those in webhook_check.hpp.
#pragma once

#include <string>

namespace snow_white::report {

// `recipient`: the channel or the user id to which the call was addressed.
std::string explain_api_error(const std::string& code, const std::string& recipient);

// `answer`: what Slack answered, with its HTTP status: "HTTP 404 no_service".
std::string explain_webhook_error(const std::string& code, const std::string& answer);

// "WHAT (SAID); FIX", or without the fix where it is empty.
std::string with_fix(const std::string& what, const std::string& said, const std::string& fix);

} // namespace snow_white::report
