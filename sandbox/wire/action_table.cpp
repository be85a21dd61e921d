#include "sandbox/wire/action_table.hpp"
#include "sandbox/base/lookup.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

// Parsed once for all the tables of a process: each region has one.
const Shape& shape_of(const std::string& service, const std::string& action) {
    static const auto shapes = [] {
        std::map<std::string, std::map<std::string, Shape>> parsed;
        for (const auto& [name, actions] : request_shapes().items())
            for (const auto& [action_name, described] : actions.items())
                parsed[name].emplace(action_name, parse_shape(described));
        return parsed;
    }();
    const auto* const actions = find_key(shapes, service);
    const Shape* const shape = actions == nullptr ? nullptr : find_key(*actions, action);
    if (shape == nullptr)
        throw std::logic_error(service + ":" + action +
                               " has no shape: add it to tests/contract/request_shapes.py and run "
                               "scripts/request-shapes");
    return *shape;
}

} // namespace

std::string Caller::short_name() const {
    if (!role_name.empty()) return "role/" + role_name;
    return user_name.empty() ? "" : "user/" + user_name;
}

void ActionTable::add(const std::string& service, const std::string& action, Handler handler) {
    services_[service].emplace(action, Action{shape_of(service, action), std::move(handler)});
}

const Action* ActionTable::find(const std::string& service, const std::string& action) const {
    const auto* const actions = find_key(services_, service);
    return actions == nullptr ? nullptr : find_key(*actions, action);
}

Json ActionTable::shapes() const {
    Json described = Json::object();
    for (const auto& [service, actions] : services_)
        for (const auto& [name, action] : actions)
            described[service][name] = request_shapes().at(service).at(name);
    return described;
}

} // namespace sandbox
