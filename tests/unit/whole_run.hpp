// The whole program against the whole sandbox, in one process and in simulated time: argv in; exit
// code, output and Slack messages out.
#pragma once

#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "src/cli/session/context.hpp"
#include "src/report/names.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/read_and_close.hpp"
#include "tests/unit/sandbox_http.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>

namespace test {

using snow_white::report::ExitCode;

struct Ended {
    ExitCode code;
    std::string out;
    std::string err;
    int calls;
    std::string slack;
    std::vector<std::string> sent; // the documents of the commands that took effect
    std::string states;            // of the workers, when it had ended: "idle idle"
};

inline int quiets(const Ended& ended) {
    return static_cast<int>(std::ranges::count_if(ended.sent, [](const auto& document) {
        return document.find("QuietSideKiq") != std::string::npos;
    }));
}

class Run {
public:
    static std::string text_of(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    // As in the container, but with the credentials of `caller`.
    Ended run(const std::vector<sandbox::EnvironmentSpec>& environments,
              const sandbox::DrainTime& drain, std::map<std::string, std::string> variables) {
        auto plan = sandbox::plan_fleet("acme", environments, clock.now());
        sandbox::simulate_hosts(plan, drain);
        sandbox::SandboxOptions options;
        options.template_text = template_text;
        sandbox::Sandbox box(std::move(plan), clock, options);
        if (prepare) box.change_region_state(prepare);
        SandboxHttp http(box, clock);
        http.on_answer = on_answer;
        begun_ = clock.now();
        run_events(box, begun_);
        clock.on_wait = [this, &box](snow_white::Instant now) { run_events(box, now); };
        variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
        variables["AWS_ACCESS_KEY_ID"] = box.credential_of(caller).access_key;
        variables["AWS_SECRET_ACCESS_KEY"] = "not checked in process";
        variables["SLACK_WEBHOOK"] = "http://127.0.0.1:4566/services/T0SANDBOX/B0SANDBOX/secret";
        variables["NOTIFY_SLACK_CHANNEL"] = "#ops";
        const snow_white::Environment environment(variables);
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        snow_white::cli::Context outside{environment, http, clock, out, err};
        outside.in_container = true;
        const ExitCode code = snow_white::cli::run({}, outside);
        clock.on_wait = {};
        return {code,
                read_and_close(out),
                read_and_close(err),
                http.calls,
                page(box, "slack"),
                documents_sent(page(box, "requests")),
                states(page(box, "fleet"))};
    }

    static std::map<std::string, std::string> asked(const std::string& action,
                                                    const std::string& pattern = "workers") {
        return {{"WORKER_ACTION", action},
                {"EB_APP_NAME", "acme"},
                {"EB_ENV_NAME_PATTERN_STRING", pattern},
                {"AWS_REGION", "us-east-1"}};
    }

    // What happens to the world that long after the start, in the order of time.
    std::map<snow_white::Duration, std::function<void(sandbox::Sandbox&)>> events;

    FakeClock clock;
    std::string template_text = text_of(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
    std::function<void(sandbox::RegionState&)> prepare;
    std::function<void(const std::string& target)> on_answer;
    std::string caller = "alice"; // who has the rights that the template grants

private:
    static std::string page(sandbox::Sandbox& box, const std::string& name) {
        return box.handle({.method = "GET", .path = "/_sandbox/" + name}).body;
    }

    static std::string states(const std::string& fleet) {
        std::string words;
        const auto seen = sandbox::Json::parse(fleet);
        for (const auto& environment : seen.at("environments"))
            for (const auto& instance : environment.at("instances"))
                for (const auto& worker : instance.at("workers"))
                    words += (words.empty() ? "" : " ") + worker.at("state").get<std::string>();
        return words;
    }

    static std::vector<std::string> documents_sent(const std::string& requests) {
        std::vector<std::string> documents;
        for (const auto& request : sandbox::Json::parse(requests))
            if (request.at("action") == "SendCommand" &&
                (request.at("status") == 200 || request.at("fault") == "server-error-after"))
                documents.push_back(
                    sandbox::Json::parse(request.at("body").get<std::string>()).at("DocumentName"));
        return documents;
    }

    void run_events(sandbox::Sandbox& box, snow_white::Instant now) {
        while (!events.empty() && now - begun_ >= events.begin()->first) {
            const auto event = std::move(events.begin()->second);
            events.erase(events.begin());
            event(box);
        }
    }

    snow_white::Instant begun_{};
};

} // namespace test
