// The process's environment, as a value: read once in main, passed to whoever needs it, made up in tests.
#pragma once

#include <map>
#include <string>

namespace snow_white::aws {

class Environment {
public:
    Environment() = default;
    explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}

    static Environment of_process();

    // An unset variable and an empty one are the same to us, as they are to the AWS SDKs.
    std::string get(const std::string& name, const std::string& fallback = "") const;
    bool has(const std::string& name) const { return !get(name).empty(); }

private:
    std::map<std::string, std::string> variables_;
};

} // namespace snow_white::aws
