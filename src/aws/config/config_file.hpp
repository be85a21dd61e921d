// Reads ~/.aws/config and ~/.aws/credentials, or the files that AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE name. In: the environment. Out: the settings of each profile and of
// each section `services`. Names of settings are in lower case; a nested setting is named
// `outer.inner`. A missing file counts as empty; a line that is no setting is ignored. What cannot
// be read is `problem`. Sources: "Configuration and credential file settings", AWS SDKs and Tools
// Reference Guide; what the guide leaves open follows botocore's reader (Python's configparser).
#pragma once

#include "src/base/environment.hpp"

#include <map>
#include <string>

namespace snow_white::aws {

using Profile = std::map<std::string, std::string>;
using ProfilesByName = std::map<std::string, Profile>;

struct Profiles {
    ProfilesByName by_name; // both files merged; the credentials file wins
    // Each file by itself: the order of credential sources depends on the file that has the keys.
    ProfilesByName of_config_file;
    ProfilesByName of_credentials_file;
    ProfilesByName services; // [services NAME]: {"ssm.endpoint_url": …}
    std::string read_from;   // the two paths, for messages
    std::string problem;     // the first file or line that could not be read, and why; empty: none
    std::string unread; // the same, but for a HOME that is not set: a profile may lack settings

    const Profile& named(const std::string& name) const; // an empty profile if there is none
};

Profiles read_profiles(const Environment& environment);

// `named` if not empty, else AWS_DEFAULT_PROFILE, AWS_PROFILE, `default`.
std::string chosen_profile(const Environment& environment, const std::string& named);

// Empty: the profile does not have it.
std::string setting(const Profile& profile, const std::string& name);

// "default, production and staging", for a message to a person.
std::string names_of(const Profiles& profiles);

// How the files and the variables write a boolean: "true" in any case is true, all else is false.
bool is_true(const std::string& text);

} // namespace snow_white::aws
