// Answers that come in pages: the one place that asks for the next.
#pragma once

#include "src/aws/config/operations.hpp"
#include "src/aws/result.hpp"

#include <functional>

namespace snow_white::aws {

// `page` gets a page by its token (empty: the first) and gives back the token of the next one
// (empty: it was the last). A token that comes a second time, and a list without end, are a
// malformed answer: no service of AWS does that, and whoever does would have us ask for ever.
Result<void> every_page(const Operation& operation,
                        const std::function<Result<std::string>(const std::string& token)>& page);

} // namespace snow_white::aws
