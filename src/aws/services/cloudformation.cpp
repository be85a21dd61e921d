#include "src/aws/services/cloudformation.hpp"

namespace snow_white::aws {

Result<std::string> get_physical_id(Client& client, const std::string& stack,
                                    const std::string& logical_id) {
    const auto answer = client.query(operations::describe_stack_resource,
                                     {{"StackName", stack}, {"LogicalResourceId", logical_id}});
    return answer.map([](const Xml& document) -> std::string {
        const auto result = document->document_element().child("DescribeStackResourceResult");
        return result.child("StackResourceDetail").child_value("PhysicalResourceId");
    });
}

Result<std::optional<std::string>> find_physical_id(Client& client, const std::string& stack,
                                                    const std::string& logical_id) {
    auto id = get_physical_id(client, stack, logical_id);
    if (id) return std::move(*id);
    if (id.error().kind == ErrorKind::not_found || id.error().kind == ErrorKind::invalid)
        return std::nullopt;
    return tl::unexpected(id.error());
}

} // namespace snow_white::aws
