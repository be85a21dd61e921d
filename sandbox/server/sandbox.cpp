#include "sandbox/server/sandbox.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/server/sandbox_state.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

FleetPlan plan_of(RegionState state) {
    return {{.state = std::move(state)}};
}

} // namespace

Sandbox::Sandbox(FleetPlan plan, Clock& clock, SandboxOptions options)
    : state_(std::make_unique<State>(std::move(plan), clock, std::move(options))) {}

Sandbox::Sandbox(RegionState state, Clock& clock, SandboxOptions options)
    : Sandbox(plan_of(std::move(state)), clock, std::move(options)) {}

Sandbox::~Sandbox() = default;

HttpResponse Sandbox::handle(const HttpRequest& request) {
    const std::scoped_lock guard(mutex_);
    return state_->handle(request);
}

void Sandbox::set_faults(const std::vector<FaultRule>& rules) {
    const std::scoped_lock guard(mutex_);
    state_->set_faults(rules);
}

void Sandbox::advance() {
    const std::scoped_lock guard(mutex_);
    for (auto& [name, region] : state_->regions)
        region->ssm.commands.advance(state_->clock.now());
}

RedisSession Sandbox::connect_to_redis() {
    const std::scoped_lock guard(mutex_);
    return state_->redis.connect();
}

RedisAnswer Sandbox::ask_redis(RedisSession& session, std::string_view bytes) {
    const std::scoped_lock guard(mutex_);
    std::vector<const RegionState*> regions;
    for (const auto& [name, region] : state_->regions)
        regions.push_back(&region->state);
    return state_->redis.receive(session, bytes, regions, state_->clock.now());
}

bool Sandbox::redis_accepts() const {
    const std::scoped_lock guard(mutex_);
    return state_->redis.accepts();
}

Credential Sandbox::credential_of(const std::string& user) const {
    const std::scoped_lock guard(mutex_);
    const User* const found = state_->identities.find_user(user);
    if (!found) throw std::out_of_range("there is no IAM user " + user);
    return *state_->identities.find(found->access_key);
}

std::string Sandbox::role_arn(const std::string& role) const {
    return make_arn("iam", "", state_->identities.account(), "role/" + role);
}

RegionState& Sandbox::state(const std::string& region) {
    return state_->region(region).state;
}

} // namespace sandbox
