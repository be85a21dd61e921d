#include "sandbox/wire/identities.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <utility>

namespace sandbox {

namespace {

// As AWS shapes them: AKIA and 16 characters, AIDA or AROA and 17. The same name gets the same id
// in every run.
std::string id_from(const std::string& prefix, const std::string& name, std::size_t length) {
    return in_upper_case(prefix + sha256_hex(prefix + name)).substr(0, length);
}

} // namespace

Identities::Identities(std::string account) : account_(std::move(account)) {}

const User& Identities::add_user(const std::string& name,
                                 std::vector<std::pair<std::string, std::string>> tags,
                                 Instant now) {
    User& user = users_[name];
    user = {name,
            id_from("AIDA", name, 21),
            make_arn("iam", "", account_, "user/" + name),
            id_from("AKIA", name, 20),
            now,
            std::move(tags)};
    credentials_[user.access_key] = {.access_key = user.access_key,
                                     .secret = random_hex(20),
                                     .caller = {user.access_key, user.id, user.arn, user.name, {}}};
    return user;
}

const Role& Identities::add_role(const std::string& name, bool users_may_assume) {
    const std::string arn = make_arn("iam", "", account_, "role/" + name);
    return roles_[arn] = {name, id_from("AROA", name, 21), arn, users_may_assume};
}

const User* Identities::find_user(const std::string& name) const {
    return find_key(users_, name);
}

const Role* Identities::find_role(const std::string& arn) const {
    return find_key(roles_, arn);
}

const Credential* Identities::find(const std::string& access_key) const {
    return find_key(credentials_, access_key);
}

const Credential& Identities::open_session(const Role& role, const std::string& session_name,
                                           Duration lifetime, Instant now) {
    const std::string key = fmt::format("ASIASANDBOX{:09}", ++sessions_);
    const std::string session = fmt::format("assumed-role/{}/{}", role.name, session_name);
    const Caller caller{.access_key = key,
                        .user_id = role.id + ":" + session_name,
                        .arn = make_arn("sts", "", account_, session),
                        .role_name = role.name};
    return credentials_[key] = {key, random_hex(20), random_hex(64), now + lifetime, caller};
}

} // namespace sandbox
