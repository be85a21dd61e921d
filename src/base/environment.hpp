// Environment variables, as a value: main reads them once and passes them on; tests make their own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace snow_white {

class Environment {
public:
    Environment() = default;
    explicit Environment(std::map<std::string, std::string> variables)
        : variables_(std::move(variables)) {}

    static Environment of_process();

    // Overwrites and removes variables of this process. Its children, /proc/PID/environ and
    // libraries do not see them any more. An Environment that was read before keeps its values.
    static void erase_in_process(const std::function<bool(std::string_view name)>& is_erased);

    // An empty variable counts as unset, as in the AWS SDKs.
    std::string get(const std::string& name, const std::string& fallback = "") const;
    bool has(const std::string& name) const { return !get(name).empty(); }

private:
    std::map<std::string, std::string> variables_;
};

} // namespace snow_white
