// The one line for a pattern that matches no environment, and what to look at.
#pragma once

#include "src/aws/elastic_beanstalk.hpp"
#include "src/cli/request.hpp"

namespace snow_white::cli {

// `environments`: all of the application; those that are terminated do not count.
std::string why_nothing_matched(const std::vector<aws::EbEnvironment>& environments, const Request& request);

} // namespace snow_white::cli
