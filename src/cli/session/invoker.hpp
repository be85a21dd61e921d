// Who started the run. In: the caller's ARN. Out: a name for people, and ECS's startedBy and back.
// startedBy takes at most 128 letters, digits, `-`, `/` and `_` (ECS API reference, RunTask).
// IAM names have more, so any other byte is written as `/` and two hex digits. `ROLE//SESSION` is
// an assumed role, `root//` the account's root. A plain IAM user name stays as it is, as in the
// older tool.
#pragma once

#include "src/aws/client.hpp"

#include <string>

namespace snow_white::cli {

struct Invoker {
    std::string user; // an IAM user's name; empty for any other identity
    std::string role; // of an assumed role, an SSO session or a federated user
    std::string session;
};

Invoker invoker_of_arn(const std::string& arn);

// "alice"; "deploy-bot (role Deploy)"; "alice@example.com (SSO PowerUser)"; empty when unknown.
std::string display_name(const Invoker& invoker);

// The name of the IAM user or the session, if it is an e-mail address (with single sign-on it is);
// else empty.
std::string email_of(const Invoker& invoker);

std::string to_started_by(const Invoker& invoker);
Invoker from_started_by(const std::string& text);

// Where a run comes from. Each part is empty when it is not known: a drain does not need it.
struct Origin {
    Invoker invoker;
    std::string task_url = {}; // of the task in AWS's console
    std::string log_url = {};  // of its log stream there
};

// Inside the task: who started it, by its startedBy, and where AWS's console shows it. ECS's
// metadata endpoint names the task, its log group and its log stream. Source: "Amazon ECS task
// metadata endpoint version 4 for tasks on Fargate".
Origin origin_of_task(const Environment& environment, Http& http, aws::Client& cluster);

// The pages of AWS's console, also in China and GovCloud. Empty: a part is missing, or a region, a
// cluster or a task has a character that AWS does not allow there. Nothing in a group or a stream
// can end the URL or begin another part of it.
std::string task_url(const std::string& task_arn);
std::string log_url(const std::string& region, const std::string& group, const std::string& stream);

} // namespace snow_white::cli
