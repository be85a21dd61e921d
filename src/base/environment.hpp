// The process's environment, as a value: read once in main, passed to whoever needs it, made up in
// tests.
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

    // Overwrites and removes variables of this process, so that neither its children nor
    // /proc/PID/environ, nor a library that asks for them later, has them. An Environment that was
    // read before keeps its values.
    static void erase_in_process(const std::function<bool(std::string_view name)>& is_erased);

    // An unset variable and an empty one are the same to us, as they are to the AWS SDKs.
    std::string get(const std::string& name, const std::string& fallback = "") const;
    bool has(const std::string& name) const { return !get(name).empty(); }

private:
    std::map<std::string, std::string> variables_;
};

} // namespace snow_white
