// From an HTTP request to an action's handler and back. Every answer, errors included, is in the
// protocol of the service that the signature names, and is noted in the journal. Which region is
// asked is what the signature says, too: all of them have this one address. A fault that the call
// meets (sandbox/faults) takes the place of the service's work or spoils its answer.
#pragma once

#include "sandbox/faults/faults.hpp"
#include "sandbox/policy/authorizer.hpp"
#include "sandbox/server/journal.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/http_message.hpp"
#include "sandbox/wire/identities.hpp"

#include <functional>

namespace sandbox {

// What answers in one region, and what the permissions that a call requires are read from.
struct Endpoints {
    ActionTable actions;
    RegionContext context;
};

// The parts outlive it.
class Dispatch {
public:
    // `endpoints_of` is asked for regions by names that are some, also for one with nothing in it.
    using EndpointsOf = std::function<const Endpoints&(const std::string& region)>;

    Dispatch(EndpointsOf endpoints_of, const Identities& identities, const Authorizer& authorizer,
             Faults& faults, Journal& journal);

    HttpResponse handle(const HttpRequest& request, Instant now);

private:
    struct ParsedCall;
    static ParsedCall read(const HttpRequest& request, const Dialect& dialect);
    HttpResponse answer(const HttpRequest& request, const ParsedCall& parsed,
                        const FaultRule* fault, JournalEntry& entry);
    Json carry_out(const HttpRequest& request, const ParsedCall& parsed, const FaultRule* fault,
                   JournalEntry& entry);
    const Credential& authenticate(const HttpRequest& request, const Dialect& dialect,
                                   Instant now) const;

    EndpointsOf endpoints_of_;
    const Identities& identities_;
    const Authorizer& authorizer_;
    Faults& faults_;
    Journal& journal_;
};

} // namespace sandbox
