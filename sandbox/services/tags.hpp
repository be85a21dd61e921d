// The tags that Elastic Beanstalk puts on its instances, and the wildcards with which EC2 compares
// them.
#pragma once

#include "sandbox/world/region_state.hpp"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sandbox {

using Tags = std::vector<std::pair<std::string, std::string>>;

// Looks the environments up once for many instances. Valid while the world does not change.
class TagReader {
public:
    explicit TagReader(const RegionState& state);
    Tags of(const Instance& instance) const;

private:
    std::unordered_map<std::string, const Environment*> environments_; // by id
};

// `*` is any text, `?` one character, a backslash takes their meaning away. Case matters.
bool matches_wildcards(const std::string& pattern, const std::string& value);

} // namespace sandbox
