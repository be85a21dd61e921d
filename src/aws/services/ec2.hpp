// EC2. In: environment names, instance ids or states. Out: instances; and the VPC of a subnet or a
// security group. Lists are complete: every page is read. Sources: EC2 API reference,
// DescribeInstances; EC2 User Guide.
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
    leaving, // stopping, stopped, shutting-down, terminated
};

// A call's filters take 200 values together, so many names need several calls. A name may contain
// the wildcards `*` and `?` ("List and filter using the CLI and API").
Result<std::vector<Ec2Instance>>
describe_instances(Client& client, const std::vector<std::string>& environment_names,
                   Ec2States states);

// All of the region, whatever their tags: a terminated instance loses its tags after a short while
// ("Terminate instances").
Result<std::vector<Ec2Instance>> describe_instances(Client& client, Ec2States states);

// Whatever their state; EC2 knows a terminated instance for about an hour. An id that EC2 does not
// know is left out: a filter, unlike the parameter InstanceId, accepts any id.
Result<std::vector<Ec2Instance>> describe_instances(Client& client,
                                                    const std::vector<InstanceId>& ids);

// Living instances launched from `since` to `now`. EC2 compares launch times with patterns only:
// whole hours for a span of up to two days, whole days for a longer one. So some instances are
// older than `since`. At most a hundred days are covered.
Result<std::vector<Ec2Instance>>
describe_launched(Client& client, const std::vector<std::string>& environment_names, Instant since,
                  Instant now);

// An id that does not exist in the client's region, or a malformed one, is
// ErrorKind::not_found.
Result<std::string> get_vpc_of_subnet(Client& client, const std::string& id);
Result<std::string> get_vpc_of_security_group(Client& client, const std::string& id);

} // namespace snow_white::aws
