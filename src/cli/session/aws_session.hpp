// The sessions with AWS that a command begins with. In: a request. Out: one session for each of its
// profiles, and clients for its regions. Nothing is asked of AWS before a client makes a call.
#pragma once

#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/cloudformation.hpp"
#include "src/cli/session/context.hpp"
#include "src/drain/run/region_job.hpp"

#include <map>

namespace snow_white::cli {

// One profile's credentials and settings, for clients of any region.
class ProfileSession {
public:
    // `profile`: empty in the container, which has none: the credentials are its task role's.
    // `home`: the region whose STS assumes roles. `clock`: of the calls, for their retries.
    ProfileSession(const std::string& profile, const std::string& home, Context& context,
                   Clock& clock)
        : context_(context), clock_(clock),
          settings_(aws::read_settings(context.environment, profile)),
          credentials_(context.environment, settings_, profile, context.http, context.clock, home) {
    }

    // A client with a rate limit of its own, as AWS's limits are per region. The session outlives
    // its clients.
    aws::Client in(const std::string& region) {
        return {{settings_, context_.http, clock_, credentials_}, region};
    }
    aws::CredentialsProvider& credentials() { return credentials_; }
    const aws::Settings& settings() const { return settings_; }

private:
    Context& context_;
    Clock& clock_;
    aws::Settings settings_;
    aws::CredentialsChain credentials_;
};

// One region as one profile sees it.
struct RegionSession {
    RegionTarget target;
    Request request;               // for this target alone
    fleet::EnvironmentQuery query; // the environments that the request selects: -p, -e, --exclude
    aws::Client workers;
    aws::CredentialsProvider& credentials;

    // The physical name of a resource of the stack.
    aws::Result<std::string> physical_id(const std::string& logical_id) {
        return aws::get_physical_id(workers, request.stack.name, logical_id);
    }

    // What drain::ask_workers asks: the read-only status document, and nothing else.
    aws::Result<drain::RegionJob> status_job() {
        const auto document = physical_id(request.stack.status_document);
        if (!document) return tl::unexpected(document.error());
        drain::RegionJob job{.query = query};
        job.status_document = *document;
        job.comment = "snow-white status";
        return job;
    }
};

// One session for each profile of a request, so that an MFA code or a token is asked for once,
// however many regions there are.
class AwsSessions {
public:
    AwsSessions(const Request& request, const std::string& home, Context& context)
        : AwsSessions(request, home, context, context.clock) {}

    // `clock` outlives the sessions.
    AwsSessions(const Request& request, const std::string& home, Context& context, Clock& clock) {
        for (const auto& profile : request.profiles)
            by_profile_.try_emplace(profile, request.mode == Mode::container ? "" : profile, home,
                                    context, clock);
        for (const auto& target : request.region_targets()) {
            ProfileSession& session = of(target.profile);
            regions_.push_back({target,
                                request.at(target),
                                {request.application, request.pattern},
                                session.in(target.region),
                                session.credentials()});
        }
    }

    std::vector<RegionSession>& regions() { return regions_; }
    ProfileSession& of(const std::string& profile) { return by_profile_.at(profile); }

    // Two profiles of one account see the same workers. None: go on.
    std::optional<ExitCode> refuse_same_account(const Request& request, Context& context);

private:
    std::map<std::string, ProfileSession> by_profile_;
    std::vector<RegionSession> regions_;
};

} // namespace snow_white::cli
