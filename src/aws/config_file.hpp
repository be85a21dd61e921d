// The files that every AWS SDK reads: ~/.aws/config and ~/.aws/credentials (AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE say otherwise). In: the environment. Out: each profile's settings, both files
// merged. Source of the format: "Configuration and credential file settings", AWS SDKs and Tools Reference
// Guide.
#pragma once

#include "src/aws/environment.hpp"

#include <map>
#include <string>

namespace snow_white::aws {

using Profile = std::map<std::string, std::string>;

struct Profiles {
    std::map<std::string, Profile> by_name;
    std::string read_from; // the two paths, for messages
};

// A file that is not there counts as empty.
Profiles read_profiles(const Environment& environment);

// "default, production and staging", for a message to a person.
std::string names_of(const Profiles& profiles);

} // namespace snow_white::aws
