// Who may call: the account's users and roles, their keys, and the sessions that STS and ECS hand
// out. Secrets and session tokens are random, made anew in each run.
#pragma once

#include "sandbox/wire/action_table.hpp"

#include <optional>

namespace sandbox {

struct User {
    std::string name;
    std::string id; // AIDA…
    std::string arn;
    std::string access_key;
    Instant created{};
    std::vector<std::pair<std::string, std::string>> tags;
};

struct Role {
    std::string name;
    std::string id; // AROA…
    std::string arn;
    bool users_may_assume = false; // what its trust policy says; a task's role is for ECS only
};

struct Credential {
    std::string access_key;
    std::string secret;
    std::string session_token; // empty for a user's own key
    std::optional<Instant> expires;
    Caller caller;
};

class Identities {
public:
    explicit Identities(std::string account);

    const User& add_user(const std::string& name,
                         std::vector<std::pair<std::string, std::string>> tags, Instant now);
    const Role& add_role(const std::string& name, bool users_may_assume);

    const User* find_user(const std::string& name) const;
    const Role* find_role(const std::string& arn) const;
    const Credential* find(const std::string& access_key) const;

    // A session of the role, good until now + `lifetime`.
    const Credential& open_session(const Role& role, const std::string& session_name,
                                   Duration lifetime, Instant now);

    const std::string& account() const { return account_; }

private:
    std::string account_;
    std::map<std::string, User> users_;             // by name
    std::map<std::string, Role> roles_;             // by ARN
    std::map<std::string, Credential> credentials_; // by access key
    unsigned sessions_ = 0;
};

} // namespace sandbox
