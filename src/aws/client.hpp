// Makes AWS calls: signs, sends, retries and decodes. In: an operation and its parameters. Out: the
// decoded answer, or an Error whose kind says what can be done. Refreshes expired credentials and
// reports clock skew. Lists in pages: pagination.hpp.
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

// Of the query protocol.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// What all clients of a run share. The referenced objects outlive it.
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

    // `read` makes a Result of the answer. An exception of Json's in it becomes
    // ErrorKind::malformed: the answer does not have the expected shape.
    template <class Read>
    auto json(const Operation& operation, const Json& parameters, Read read)
        -> std::invoke_result_t<Read, const Json&> {
        const auto answer = send_json(operation, parameters);
        if (!answer) return tl::unexpected(answer.error());
        try {
            return read(std::get<Json>(*answer));
        } catch (const Json::exception& unexpected) {
            return tl::unexpected(
                malformed(operation, std::string("the answer is not of the expected shape: ") +
                                         unexpected.what()));
        }
    }

    // The document's root is the operation's Response element.
    Result<Xml> query(const Operation& operation, const Parameters& parameters);

    // See Http::run_concurrently.
    void run_concurrently(const std::vector<std::function<void()>>& tasks) {
        session_.http.run_concurrently(tasks);
    }

    const std::string& region() const { return region_; }

    // The same session, another region.
    Client in(const std::string& region) const { return {session_, region}; }

private:
    Result<Document> send_json(const Operation& operation, const Json& parameters);
    enum class Page { first, further };
    Result<Document> send(const Operation& operation, HttpRequest request, Page page);
    void await_rate_limit();
    Result<HttpResponse> send_once(const Operation& operation, HttpRequest& request);
    bool may_retry(const Operation& operation, ErrorKind kind, int attempt, Duration began);

    Session session_;
    std::string region_;
    std::minstd_rand random_;
};

} // namespace snow_white::aws
