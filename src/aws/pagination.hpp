// Reads lists that AWS returns in pages. In: an operation and its parameters. Out: each page, in
// order, to `page`. Errors: those of the calls; and ErrorKind::malformed for a page token that
// comes a second time, or for more than 1,000 pages: no AWS service does that, and following such
// tokens would never end. After an error the list is incomplete.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

// `token`: the parameter's and the answer's name of the next page's token ("NextToken" in SSM,
// "nextToken" in ECS).
Result<void> every_page(Client& client, const Operation& operation, Json parameters,
                        const char* token, const std::function<void(const Json&)>& page);

// `page` gets the document's root element and returns the next page's token; empty: that was the
// last page.
Result<void> every_page(Client& client, const Operation& operation, const Parameters& parameters,
                        const std::function<std::string(const pugi::xml_node&)>& page);

} // namespace snow_white::aws
