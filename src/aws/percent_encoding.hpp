// The value of a form or a query, as application/x-www-form-urlencoded has it; a space is %20.
#pragma once

#include <string>

namespace snow_white::aws {

std::string percent_encoded(const std::string& text);

} // namespace snow_white::aws
