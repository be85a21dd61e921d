// What Slack refuses of a message's blocks, in its own words; empty when it takes them. Known are
// the blocks without interaction: header, section, context, divider, image. Characters are counted
// as UTF-16 does. Sources: https://docs.slack.dev/reference/block-kit/blocks and
// …/composition-objects/text-object for the limits; `invalid_blocks` from webhooks:
// https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/49979; `msg_blocks_too_long`
// over about 13,200 characters: https://github.com/slackapi/bolt-js/issues/2509 (of
// chat.postMessage; that a webhook says the same is inferred).
#pragma once

#include "sandbox/base/types.hpp"

#include <string>

namespace sandbox {

std::string fault_of_blocks(const Json& blocks);

} // namespace sandbox
