#include "sandbox/wire/action_table.hpp"

#include <utility>

namespace sandbox {

std::string Caller::short_name() const {
    if (!role_name.empty()) return "role/" + role_name;
    return user_name.empty() ? "" : "user/" + user_name;
}

void ActionTable::add(const std::string& service, const std::string& action, Shape shape,
                      Handler handler) {
    services_[service][action] = {std::move(shape), std::move(handler)};
}

const Action* ActionTable::find(const std::string& service, const std::string& action) const {
    const auto actions = services_.find(service);
    if (actions == services_.end()) return nullptr;
    const auto found = actions->second.find(action);
    return found == actions->second.end() ? nullptr : &found->second;
}

Json ActionTable::shapes() const {
    Json described = Json::object();
    for (const auto& [service, actions] : services_)
        for (const auto& [name, action] : actions)
            described[service][name] = to_json(action.shape);
    return described;
}

} // namespace sandbox
