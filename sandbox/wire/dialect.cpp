#include "sandbox/wire/dialect.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/world/region.hpp"

#include <array>

namespace sandbox {

namespace {

const std::array<Dialect, 9>& dialects() {
    static const std::array<Dialect, 9> all{{
        {"sts", Protocol::query, "2011-06-15", "", "https://sts.amazonaws.com/doc/2011-06-15/",
         "ValidationError"},
        {"iam", Protocol::query, "2010-05-08", "", "https://iam.amazonaws.com/doc/2010-05-08/",
         "ValidationError"},
        {"cloudformation", Protocol::query, "2010-05-15", "",
         "http://cloudformation.amazonaws.com/doc/2010-05-15/", "ValidationError"},
        {"elasticbeanstalk", Protocol::query, "2010-12-01", "",
         "http://elasticbeanstalk.amazonaws.com/docs/2010-12-01/", "ValidationError"},
        {"ec2", Protocol::ec2, "2016-11-15", "", "http://ec2.amazonaws.com/doc/2016-11-15/",
         "InvalidParameterValue"},
        {"ssm", Protocol::json, "", "AmazonSSM", "", "ValidationException"},
        {"ecs", Protocol::json, "", "AmazonEC2ContainerServiceV20141113", "",
         "InvalidParameterException"},
        {"ecr", Protocol::json, "", "AmazonEC2ContainerRegistry_V20150921", "",
         "InvalidParameterException"},
        {"logs", Protocol::json, "", "Logs_20140328", "", "InvalidParameterException"},
    }};
    return all;
}

const char* const bad_signature =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
const char* const bad_token = "The security token included in the request is invalid.";
const char* const old_token = "The security token included in the request is expired";

AwsError ec2_auth_error(AuthFault fault) {
    switch (fault) {
    case AuthFault::missing:
        return {"MissingParameter", "The request must contain the parameter Authorization"};
    case AuthFault::incomplete:
        return {"IncompleteSignature", "The request signature does not conform", 400};
    case AuthFault::expired_token:
    case AuthFault::expired_signature:
        return {"RequestExpired", "Request has expired."};
    case AuthFault::unknown_key:
    case AuthFault::wrong_signature:
        break;
    }
    return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
}

} // namespace

const Dialect* find_dialect(const std::string& service) {
    return find_by(dialects(), &Dialect::service, service);
}

bool serves(const Dialect& dialect, const std::string& region) {
    return dialect.service == "iam" ? region == home_region : is_region(region);
}

const Dialect& fallback_dialect(bool looks_like_json) {
    return *find_dialect(looks_like_json ? "ssm" : "sts");
}

AwsError auth_error(const Dialect& dialect, AuthFault fault, const std::string& detail) {
    if (dialect.protocol == Protocol::ec2) return ec2_auth_error(fault);
    const bool json = dialect.protocol == Protocol::json;
    const int status = json ? 400 : 403;
    switch (fault) {
    case AuthFault::missing:
        if (json)
            return {"MissingAuthenticationTokenException", "Missing Authentication Token", status};
        return {"MissingAuthenticationToken", "Request is missing Authentication Token", status};
    case AuthFault::incomplete:
        return {json ? "IncompleteSignatureException" : "IncompleteSignature", detail, 400};
    case AuthFault::unknown_key:
        return {json ? "UnrecognizedClientException" : "InvalidClientTokenId", bad_token, status};
    case AuthFault::expired_token:
        return {json ? "ExpiredTokenException" : "ExpiredToken", old_token, status};
    case AuthFault::expired_signature:
    case AuthFault::wrong_signature:
        break;
    }
    return {json ? "InvalidSignatureException" : "SignatureDoesNotMatch",
            detail.empty() ? bad_signature : detail, status};
}

AwsError unknown_action(const Dialect& dialect, const std::string& action,
                        const std::string& version) {
    if (dialect.protocol == Protocol::json) return {"UnknownOperationException", ""};
    if (action.empty()) return {"MissingAction", "The request must contain the parameter Action"};
    if (dialect.protocol == Protocol::ec2) {
        if (version != dialect.version)
            return aws_error("NoSuchVersion",
                             "The requested version ({}) of service AmazonEC2 does not exist",
                             version);
        return aws_error("InvalidAction", "The action {} is not valid for this web service.",
                         action);
    }
    return aws_error("InvalidAction", "Could not find operation {} for version {}", action,
                     version.empty() ? "NO_VERSION_SPECIFIED" : version);
}

AwsError missing_parameter(const Dialect& dialect, const std::string& name) {
    if (dialect.protocol == Protocol::ec2)
        return aws_error("MissingParameter", "The request must contain the parameter {}", name);
    return aws_error(dialect.validation_code,
                     "1 validation error detected: Value null at '{}' failed to satisfy "
                     "constraint: Member must not be null",
                     name);
}

// AWS itself overlooks most parameters that it does not know (EC2 does not). Here each is an error,
// because a misspelt parameter that does nothing is the kind of bug that a sandbox is there to
// show.
AwsError unknown_parameter(const Dialect& dialect, const std::string& path) {
    return aws_error(dialect.protocol == Protocol::ec2 ? "UnknownParameter"
                                                       : dialect.validation_code,
                     "The parameter {} is not recognized", path);
}

AwsError malformed_value(const Dialect& dialect, const std::string& path, const std::string& value,
                         const std::string& wanted_type) {
    if (dialect.protocol == Protocol::ec2)
        return aws_error("InvalidParameterValue",
                         "Value ({}) for parameter {} is invalid. Expecting a value of type {}.",
                         value, path, wanted_type);
    return aws_error("MalformedInput", "Value '{}' at '{}' is not a valid {}", value, path,
                     wanted_type);
}

} // namespace sandbox
