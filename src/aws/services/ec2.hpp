// EC2: the instances that carry an EB environment's tag; and in which VPC a subnet or a security
// group is.
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

#include <optional>

namespace snow_white::aws {

struct Ec2Instance {
    InstanceId id;
    std::string environment_name; // tag elasticbeanstalk:environment-name
    std::string zone;             // us-east-1a
    std::string state;            // pending, running, stopping, stopped, shutting-down, terminated
    std::optional<Instant> launched;   // the latest start; a reboot does not change it
    std::string instance_profile = {}; // its name; empty: it has none, and so no role
};

enum class Ec2States {
    living,  // all but terminated
    leaving, // stopping, stopped, shutting down, terminated
};

// Every page. EC2 takes at most 200 values in all filters of a call (API reference,
// DescribeInstances): names are asked for in portions. A name may have `*` and `?` as wildcards
// (EC2 User Guide, "List and filter using the CLI and API").
Result<std::vector<Ec2Instance>>
describe_instances(Client& client, const std::vector<std::string>& environment_names,
                   Ec2States states);

// Every page, of the whole region, whatever their tags: a terminated instance may have lost its own
// (EC2 User Guide, "Terminate instances": tags are gone a short while later).
Result<std::vector<Ec2Instance>> describe_instances(Client& client, Ec2States states);

// Those of these ids that EC2 knows, whatever their state: terminated ones for about an hour. An id
// that EC2 does not know is not in the answer (a filter, other than the parameter InstanceId,
// refuses none).
Result<std::vector<Ec2Instance>> describe_instances(Client& client,
                                                    const std::vector<InstanceId>& ids);

// Of the living ones those launched in the hours from `since` to `now`, in the days where these are
// more than two: EC2 compares launch times with patterns only, so some of them are older than
// `since`. No more than a hundred days are asked for.
Result<std::vector<Ec2Instance>>
describe_launched(Client& client, const std::vector<std::string>& environment_names, Instant since,
                  Instant now);

// The VPC of the subnet, or the security group, of this id. One that is not there in the client's
// region, or an id that can be nobody's, is an Error of kind ErrorKind::not_found.
Result<std::string> get_vpc_of_subnet(Client& client, const std::string& id);
Result<std::string> get_vpc_of_security_group(Client& client, const std::string& id);

} // namespace snow_white::aws
