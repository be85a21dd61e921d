// The actions of every service: each is a name, the shape of its parameters, and a handler.
// Dispatch looks an action up here, validates the parameters by the shape, and calls the handler.
//
// A handler gets parameters that are valid by the shape and answers the result as JSON. For the
// JSON services that is the answer's body; for the query services it becomes XML: an array becomes
// <member> elements (EC2: <item>), so keys are spelt as on the wire ("reservationSet" for EC2). It
// throws AwsError.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/shape.hpp"

#include <functional>
#include <map>
#include <string>
#include <type_traits>

namespace sandbox {

// Who makes a call, as GetCallerIdentity would say it.
struct Caller {
    std::string access_key;
    std::string user_id;   // AIDA… or AROA…:session
    std::string arn;       // arn:aws:iam::123456789012:user/alice
    std::string user_name; // of an IAM user; empty for a role's session
    std::string role_name; // of a role's session; empty for a user

    // "user/alice", "role/Deploy": what a reader wants to know of an ARN; empty for nobody.
    std::string short_name() const;
};

struct Call {
    std::string service; // as in the credential scope: "ssm"
    std::string action;
    Json parameters;
    Caller caller;
    Instant now{};
};

using Handler = std::function<Json(const Call&)>;

struct Action {
    const Shape& shape;
    Handler handler;
};

class ActionTable {
public:
    // The action must be in request_shapes.json; std::logic_error, with what mends it, when it is
    // not.
    void add(const std::string& service, const std::string& action, Handler handler);

    // With a function f(call, state), or a member of the state: f(parameters, now), f(parameters).
    template <class Function, class State>
    void add(const std::string& service, const std::string& action, Function function,
             State& state) {
        add(service, action, [function, &state](const Call& call) -> Json {
            if constexpr (std::is_invocable_v<Function, const Call&, State&>)
                return function(call, state);
            else if constexpr (std::is_invocable_v<Function, State&, const Json&, Instant>)
                return (state.*function)(call.parameters, call.now);
            else
                return (state.*function)(call.parameters);
        });
    }

    const Action* find(const std::string& service, const std::string& action) const;

    // What the actions of this table accept, as request_shapes() has it: GET /_sandbox/shapes.
    Json shapes() const;

private:
    std::map<std::string, std::map<std::string, Action>> services_;
};

} // namespace sandbox
