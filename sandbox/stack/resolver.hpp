// Intrinsic functions of a template: a value in, the value that CloudFormation would make of it
// out. Ref, Fn::Sub, GetAtt, Join, Select, Split, If, FindInMap; in conditions Equals, Not, And,
// Or, Condition. Failure: std::runtime_error that names what could not be resolved.
#pragma once

#include "sandbox/stack/physical_id.hpp"
#include "sandbox/stack/stack.hpp"

namespace sandbox {

// A declared parameter that is one.
bool is_list(const Json& parameter);

class Resolver {
public:
    // `parameters`: complete, with the defaults. Both outlive it.
    Resolver(const Json& whole_template, const std::map<std::string, std::string>& parameters,
             const DeployOptions& options, std::string stack_id);

    // Members and elements that become AWS::NoValue are left out.
    Json resolve(const Json& value) const;

    // Failure: std::runtime_error with the description of the first assertion that does not hold.
    void check_rules() const;

    bool condition(const std::string& name) const;
    ResourceNaming naming(const std::string& logical_id) const;

private:
    Json call(const std::string& function, const Json& argument) const;
    Json reference(const std::string& name) const;
    Json mapped(const Json& argument) const;
    std::string substitute(const Json& argument) const;
    std::string variable(const std::string& name, const Json& own_variables) const;
    bool truth(const Json& value) const;
    const Json& section(const char* name) const;

    const Json& template_;
    const std::map<std::string, std::string>& parameters_;
    const DeployOptions& options_;
    std::string stack_id_;
};

} // namespace sandbox
