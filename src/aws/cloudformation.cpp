#include "src/aws/cloudformation.hpp"

namespace snow_white::aws {

Result<std::string> get_physical_id(Client& client, const std::string& stack, const std::string& logical_id) {
    const auto answer = client.query(operations::describe_stack_resource,
                                     {{"StackName", stack}, {"LogicalResourceId", logical_id}});
    if (!answer) return tl::unexpected(answer.error());
    return (*answer)
        ->document_element()
        .child("DescribeStackResourceResult")
        .child("StackResourceDetail")
        .child_value("PhysicalResourceId");
}

} // namespace snow_white::aws
