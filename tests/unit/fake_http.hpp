// HTTP for tests: answers from a list (repeating the last one), and records the requests.
#pragma once

#include "src/http/http.hpp"

#include <deque>

namespace test {

class FakeHttp : public snow_white::Http {
public:
    using Answer = snow_white::HttpResult;

    Answer send(const snow_white::HttpRequest& request) override {
        requests.push_back(request);
        if (answers.empty()) return no_answer();
        Answer answer = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return answer;
    }

    static Answer status(int code, std::string body = "") {
        return snow_white::HttpResponse{.status = code, .body = std::move(body)};
    }
    static Answer no_answer() {
        return tl::unexpected(snow_white::HttpError{.was_sent = true, .message = "timed out"});
    }

    std::deque<Answer> answers;
    std::vector<snow_white::HttpRequest> requests;
};

} // namespace test
