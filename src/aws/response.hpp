// Decodes AWS's answers. In: an operation and its HTTP response. Out: the document, or an Error
// with a kind.
#pragma once

#include "src/aws/config/operations.hpp"
#include "src/base/json.hpp"
#include "src/http/http.hpp"

#include <pugixml.hpp>

#include <memory>
#include <variant>

namespace snow_white::aws {

using Xml = std::shared_ptr<const pugi::xml_document>;

// A JSON object or XML, as the operation's protocol says.
using Document = std::variant<Json, Xml>;

// The client adds service and action to the error. An answer without the operation's
// required_member (a sign-in page, JSON of another server) is malformed: it must not count as an
// empty list. The response's body is moved from if the status is 200.
Result<Document> parse_response(const Operation& operation, HttpResponse& response);

Error malformed(const Operation& operation, std::string message);

} // namespace snow_white::aws
