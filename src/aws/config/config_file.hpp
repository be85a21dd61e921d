// The files that every AWS SDK reads: ~/.aws/config and ~/.aws/credentials (AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE say otherwise). In: the environment. Out: each profile's settings,
// and the sections `services`. Names of settings are in lower case; a nested one is called
// `outer.inner`. Sources: "Configuration and credential file settings", AWS SDKs and Tools
// Reference Guide, and where that is silent the reader that botocore uses (Python's configparser).
#pragma once

#include "src/base/environment.hpp"

#include <map>
#include <string>

namespace snow_white::aws {

using Profile = std::map<std::string, std::string>;
using ProfilesByName = std::map<std::string, Profile>;

struct Profiles {
    ProfilesByName
        by_name; // both files merged; the credentials file wins where both have a setting
    // Each file by itself: where a profile's keys stand decides when their turn comes.
    ProfilesByName of_config_file;
    ProfilesByName of_credentials_file;
    ProfilesByName services; // [services NAME]: {"ssm.endpoint_url": …}
    std::string read_from;   // the two paths, for messages
};

// A file that is not there counts as empty; a line that makes no sense is passed over.
Profiles read_profiles(const Environment& environment);

// The profile that counts: the one asked for by name, else AWS_DEFAULT_PROFILE, AWS_PROFILE,
// `default`.
std::string chosen_profile(const Environment& environment, const std::string& asked_for);

// Empty when the profile does not have it.
std::string setting(const Profile& profile, const std::string& name);

// "default, production and staging", for a message to a person.
std::string names_of(const Profiles& profiles);

} // namespace snow_white::aws
