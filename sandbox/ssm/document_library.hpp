// The SSM documents of a region: their content, hash and versions, and what SendCommand may say to
// them. In: AWS::SSM::Document properties as the stack resolved them. A document that is added
// again has one version more. Whether CloudFormation makes that the default one is not settled: an
// assumption, `promotes` says which. Failure: AwsError InvalidDocument, InvalidDocumentVersion,
// InvalidParameters. Source of names and limits: the ssm service model (2014-11-06).
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/stack/stack.hpp"

#include <map>
#include <string>
#include <vector>

namespace sandbox {

struct Document {
    std::string name;
    std::string version; // "1", "2", …
    std::string format;  // as uploaded: YAML or JSON
    std::string type;    // Command
    std::string target_type;
    Json content;       // schema 2.2
    std::string text;   // what GetDocument answers
    std::string sha256; // of the text, in hex
    Instant created{};
};

class DocumentLibrary {
public:
    DocumentLibrary(std::string region, std::string account)
        : region_(std::move(region)), account_(std::move(account)) {}

    void add(const std::string& name, const Json& properties, Instant created,
             bool promotes = true);
    void add_all(const Stack& stack); // every AWS::SSM::Document of it

    // `name` may be an ARN of this region and account; `version` empty, a number, "$DEFAULT" or
    // "$LATEST".
    const Document& find(const std::string& name, const std::string& version = {}) const;

    Json describe(const Json& parameters) const; // DescribeDocument
    Json get(const Json& parameters) const;      // GetDocument

private:
    struct Versions {
        std::vector<Document> all; // the oldest first
        std::size_t by_default = 0;
    };

    const Versions& versions_of(const std::string& name) const;

    std::string region_;
    std::string account_;
    std::map<std::string, Versions> documents_;
};

// The values a run gets: the given ones, then the defaults. Unknown, missing or not allowed:
// InvalidParameters.
Json resolve_parameters(const Json& content, const Json& given);

// How long all steps together may run.
Duration execution_timeout(const Json& content);

} // namespace sandbox
