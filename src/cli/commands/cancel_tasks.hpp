// --cancel of tasks that a launch has started: a task that has not sent its command yet is found in
// ECS only.
#pragma once

#include "src/aws/services/ecs.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/context.hpp"

#include <map>
#include <optional>
#include <set>

namespace snow_white::cli {

// How the reason ends that ECS shows with a task that --cancel has stopped: "cancelled by alice
// (…)".
inline constexpr const char* cancel_mark = "(snow-white --cancel)";

// What was seen of a region's commands before.
struct CommandsSeen {
    // Regions with a command for these environments, and when SSM was given the latest (none: not
    // told).
    std::map<std::string, std::optional<Instant>> in_flight;
    std::set<std::string> unknown; // regions where the commands could not be looked up
};

class TaskCanceller {
public:
    // `request`: of one profile, in whose account the cluster is. What it refers to outlives this.
    TaskCanceller(ProfileSession& session, Request request, Context& context)
        : cluster_(session.in(request.settings.cluster_region)), request_(std::move(request)),
          context_(context) {}

    // Stops the tasks of the request, and returns when they have ended: they send nothing any more.
    // Where it may not or cannot look for tasks, it says so.
    void stop_tasks(const CommandsSeen& seen);

    // Regions of tasks that were stopped.
    const std::set<std::string>& stopped_in() const { return stopped_in_; }
    // True if all was looked at, and no task of the request was left to stop.
    bool found_none() const { return has_looked_ && ends_.empty(); }
    // How it ended with each task; of those alone that had to be stopped.
    const std::vector<ExitCode>& ends() const { return ends_; }

private:
    bool can_look();
    void decide(const aws::StartedTask& task, const CommandsSeen& seen);
    bool follows(const aws::StartedTask& task, const CommandsSeen& seen,
                 const std::string& region) const;
    void stop(const aws::StartedTask& task, const std::vector<std::string>& regions);
    void leave(const aws::StartedTask& task, const std::string& why);
    void wait_for_end(const TaskArn& task);
    bool has_ended(const TaskArn& task);
    const std::string& reason();

    aws::Client cluster_;
    Request request_;
    Context& context_;
    std::string reason_;
    std::vector<TaskArn> stopped_;
    std::set<std::string> stopped_in_;
    std::vector<ExitCode> ends_;
    bool has_looked_ = false;
};

} // namespace snow_white::cli
