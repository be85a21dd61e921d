#include "src/aws/services/sts.hpp"

namespace snow_white::aws {

Result<std::string> get_caller_arn(Client& client) {
    const auto answer = client.query(operations::get_caller_identity, {});
    if (!answer) return tl::unexpected(answer.error());
    return (*answer)->document_element().child("GetCallerIdentityResult").child_value("Arn");
}

} // namespace snow_white::aws
