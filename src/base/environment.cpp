#include "src/base/environment.hpp"

#include <cstring>
#include <unistd.h>

namespace snow_white {

Environment Environment::of_process() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string line = *entry;
        const auto equals = line.find('=');
        if (equals != std::string::npos)
            variables[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return Environment(std::move(variables));
}

void Environment::erase_in_process(const std::function<bool(std::string_view name)>& is_erased) {
    char** kept = environ;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view line = *entry;
        if (is_erased(line.substr(0, line.find('='))))
            explicit_bzero(*entry, line.size());
        else
            *kept++ = *entry;
    }
    *kept = nullptr;
}

std::string Environment::get(const std::string& name, const std::string& fallback) const {
    const auto found = variables_.find(name);
    return found == variables_.end() || found->second.empty() ? fallback : found->second;
}

} // namespace snow_white
