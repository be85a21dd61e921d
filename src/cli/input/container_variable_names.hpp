// The names of the variables that the container takes. container_variables.cpp has the rest of the
// table. The names are in a file of their own for the image's entry point (src/task.cpp), which
// links nothing else of the program.
#pragma once

#include <array>
#include <string_view>

namespace snow_white::cli {

inline constexpr std::array<std::string_view, 33> container_variable_names{
    "WORKER_ACTION",
    "EB_APP_NAME",
    "EB_ENV_NAME_PATTERN_STRING",
    "SNOW_WHITE_SELECTION",
    "AWS_REGION",
    "ECS_CLUSTER_REGION",
    "SNOW_WHITE_PROFILE",
    "SNOW_WHITE_REASON",
    "SNOW_WHITE_TIMEOUT",
    "SNOW_WHITE_BATCH",
    "SNOW_WHITE_JSON",
    "SNOW_WHITE_STRICT",
    "SNOW_WHITE_LOOKED_ON",
    "SNOW_WHITE_SLACK_USER",
    "SNOW_WHITE_PROGRAM",
    "SNOW_WHITE_WAIT",
    "NOTIFY_SLACK_CHANNEL",
    "CFN_STACK_NAME",
    "QUIET_COMMAND_LOGICAL_NAME",
    "WAKE_COMMAND_LOGICAL_NAME",
    "STOP_COMMAND_LOGICAL_NAME",
    "STATUS_COMMAND_LOGICAL_NAME",
    "SLACK_BOT_TOKEN",
    "SLACK_WEBHOOK",
    "SLACK_API_URL",
    "SIDEKIQ_REDIS_URL",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL"};

} // namespace snow_white::cli
