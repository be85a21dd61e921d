#include "sandbox/wire/identities.hpp"
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
                                 snow_white::Instant now) {
    User& user = users_[name];
    user = {name,
            id_from("AIDA", name, 21),
            fmt::format("arn:aws:iam::{}:user/{}", account_, name),
            id_from("AKIA", name, 20),
            now,
            std::move(tags)};
    credentials_[user.access_key] = {user.access_key,
                                     random_hex(20),
                                     {},
                                     std::nullopt,
                                     {user.access_key, user.id, user.arn, user.name, {}}};
    return user;
}

const Role& Identities::add_role(const std::string& name, bool users_may_assume) {
    const std::string arn = fmt::format("arn:aws:iam::{}:role/{}", account_, name);
    return roles_[arn] = {name, id_from("AROA", name, 21), arn, users_may_assume};
}

const User* Identities::find_user(const std::string& name) const {
    const auto found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

const Role* Identities::find_role(const std::string& arn) const {
    const auto found = roles_.find(arn);
    return found == roles_.end() ? nullptr : &found->second;
}

const Credential* Identities::find(const std::string& access_key) const {
    const auto found = credentials_.find(access_key);
    return found == credentials_.end() ? nullptr : &found->second;
}

const Credential& Identities::open_session(const Role& role, const std::string& session_name,
                                           snow_white::Duration lifetime, snow_white::Instant now) {
    const std::string key = fmt::format("ASIASANDBOX{:09}", ++sessions_);
    const Caller caller{
        key, role.id + ":" + session_name,
        fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account_, role.name, session_name), "",
        role.name};
    return credentials_[key] = {key, random_hex(20), random_hex(64), now + lifetime, caller};
}

} // namespace sandbox
