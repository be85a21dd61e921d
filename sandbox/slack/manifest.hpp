// Slack's judgement of an app's manifest, as far as ours needs it. In: the manifest as JSON in a
// string. Out: the errors as apps.manifest.validate lists them, {"message", "pointer"}; an empty
// list: an app can be made of it.
//
// Sources: https://docs.slack.dev/reference/app-manifest (required: display_information.name, of at
// most 35 characters; description of at most 140; a bot's scopes need
// features.bot_user.display_name of at most 80),
// https://docs.slack.dev/reference/scopes/users.read.email ("must be requested at the same time as
// users:read"), https://docs.slack.dev/reference/methods/apps.manifest.validate (the errors'
// shape). Their words are ours.
#pragma once

#include "sandbox/base/types.hpp"

#include <set>
#include <string>

namespace sandbox {

Json faults_of_manifest(const std::string& manifest);

// What keeps an app with these scopes from being made; empty: nothing.
std::string fault_of_scopes(const std::set<std::string>& scopes);

} // namespace sandbox
