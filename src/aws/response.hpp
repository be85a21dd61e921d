// From an HTTP response to what it says: a document, or an Error with a kind.
#pragma once

#include "src/aws/config/operations.hpp"
#include "src/base/json.hpp"
#include "src/http/http.hpp"

#include <pugixml.hpp>

#include <memory>
#include <variant>

namespace snow_white::aws {

using Xml = std::shared_ptr<const pugi::xml_document>;

// As the operation's protocol has it: a JSON object, or XML.
using Document = std::variant<Json, Xml>;

// The error names neither service nor action: whoever called knows them. An answer without what the
// operation's answers hold (a sign-in page, somebody else's JSON) is malformed: it must not be
// taken for an empty list. The response's body is used up where the answer is a document.
Result<Document> parse_response(const Operation& operation, HttpResponse& response);

} // namespace snow_white::aws
