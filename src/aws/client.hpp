// The one client: signs, sends, retries, pages and decodes the errors of every AWS call that we
// make. In: an operation and its parameters. Out: the decoded answer, or an Error that says what
// can be done about it.
#pragma once

#include "src/aws/config/endpoint.hpp"
#include "src/aws/config/operations.hpp"
#include "src/aws/credentials/credentials.hpp"
#include "src/aws/rate_limit.hpp"
#include "src/aws/response.hpp"
#include "src/aws/retries.hpp"
#include "src/http/http.hpp"

#include <type_traits>

namespace snow_white::aws {

using Parameters = std::vector<std::pair<std::string, std::string>>; // of the query protocol

// What every client of a run shares; the parts outlive it.
struct Session {
    const Settings& settings;
    Http& http;
    Clock& clock;
    CredentialsProvider& credentials;
    std::shared_ptr<RetryBudget> retries = std::make_shared<RetryBudget>();
    std::shared_ptr<RateLimit> rate_limit = std::make_shared<RateLimit>();
};

class Client {
public:
    Client(Session session, std::string region);

    // `read` makes a Result of the answer. An answer that is not of the shape it expects is a
    // malformed one: Json's own exceptions end here.
    template <class Read>
    auto json(const Operation& operation, const Json& parameters, Read read)
        -> std::invoke_result_t<Read, const Json&> {
        const auto answer = send_json(operation, parameters);
        if (!answer) return tl::unexpected(answer.error());
        try {
            return read(std::get<Json>(*answer));
        } catch (const Json::exception& unexpected) {
            return tl::unexpected(malformed(operation, unexpected.what()));
        }
    }

    // The document's root is the operation's Result (or, for EC2, its Response) element.
    Result<Xml> query(const Operation& operation, const Parameters& parameters);

    // Conversations of this session's, see Http::together.
    void run_concurrently(const std::vector<std::function<void()>>& conversations) {
        session_.http.run_concurrently(conversations);
    }

    const std::string& region() const { return region_; }

    // The same session, another region.
    Client in(const std::string& region) const { return {session_, region}; }

private:
    Result<Document> send_json(const Operation& operation, const Json& parameters);
    static Error malformed(const Operation& operation, const std::string& why);
    enum class Page { first, further };
    Result<Document> send(const Operation& operation, HttpRequest request, Page page);
    void await_rate_limit();
    Result<HttpResponse> send_once(const Operation& operation, HttpRequest& request);
    bool may_try_again(const Operation& operation, ErrorKind kind, int attempt, Duration began);

    Session session_;
    std::string region_;
    std::minstd_rand random_;
};

} // namespace snow_white::aws
