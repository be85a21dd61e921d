// The whole sandbox without a socket: an HTTP request in, an HTTP response out, the time from a Clock.
// `sandbox up` puts it on a port; a test calls handle() itself, with a clock of its own.
// handle() is safe to call from several threads: one lock guards everything behind it.
#pragma once

#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/http_message.hpp"
#include "sandbox/world/world.hpp"
#include "src/clock/clock.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace sandbox {

struct SandboxOptions {
    std::string base_url = "http://127.0.0.1:0"; // how callers and tasks reach this sandbox
    std::string template_text;                   // cfn/snow-white-cfn.yml; empty: no stack exists
    std::string program;                         // what RunTask executes; empty: RunTask answers failures[]
    std::string log_directory;                   // for the tasks' output
    std::string slack_channel = "#deploys";
};

class Sandbox {
public:
    Sandbox(World world, snow_white::Clock& clock, SandboxOptions options);
    ~Sandbox();

    HttpResponse handle(const HttpRequest& request);

    // Under the lock: change what the services see, e.g. launch or terminate an instance.
    template <class Change> void change_world(Change change) {
        const std::scoped_lock guard(mutex_);
        change(world());
    }

private:
    World& world();

    struct State;
    std::mutex mutex_;
    std::unique_ptr<State> state_;
};

} // namespace sandbox
