#include "src/aws/services/sts.hpp"

namespace snow_white::aws {

Result<std::string> get_caller_arn(Client& client) {
    return client.query(operations::get_caller_identity, {})
        .map([](const Xml& answer) -> std::string {
            const auto result = answer->document_element().child("GetCallerIdentityResult");
            return result.child_value("Arn");
        });
}

} // namespace snow_white::aws
