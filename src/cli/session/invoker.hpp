// Who started it: from the caller's ARN to a name for people, and through ECS's startedBy and back.
// startedBy takes at most 128 of letters, digits, `-`, `/` and `_` (ECS API reference, RunTask),
// and IAM names have more: any other byte is written `/` and two hex digits. `ROLE//SESSION` is an
// assumed role, `root//` the account's root. A plain IAM user name looks the same on both sides, as
// it does for the older tool.
#pragma once

#include <string>

namespace snow_white::cli {

struct Invoker {
    std::string user; // IAM user; empty when it is not one
    std::string role; // of an assumed role, an SSO session or a federated user
    std::string session;
};

Invoker invoker_of_arn(const std::string& arn);

// "alice"; "deploy-bot (role Deploy)"; "alice@example.com (SSO PowerUser)"; empty when unknown.
std::string display_name(const Invoker& invoker);

// Of the IAM user or the session, whose name is an e-mail address with single sign-on; else empty.
std::string email_of(const Invoker& invoker);

std::string to_started_by(const Invoker& invoker);
Invoker from_started_by(const std::string& text);

} // namespace snow_white::cli
