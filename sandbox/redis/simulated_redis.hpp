// The Redis of the simulated workers, without a socket: bytes of a client in, bytes of a server
// out. It reads only, knows the commands that reading Sidekiq's structures takes, and answers all
// others as Redis answers an unknown command. Guarded by the sandbox's one lock.
#pragma once

#include "sandbox/redis/keyspace.hpp"
#include "sandbox/redis/redis_session.hpp"
#include "sandbox/redis/resp.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct RedisAnswer {
    std::string bytes;
    bool closes = false; // the server closes the connection behind them
};

// What is wrong with the server: it refuses connections; does not answer; closes in the middle of a
// reply; answers in no protocol of Redis's; is still loading; lets the user run nothing.
enum class RedisFault { none, refuse, hang, cut, garbage, loading, denied };

struct RedisTrouble {
    RedisFault fault = RedisFault::none;
    std::string on; // the command, in capital letters; empty: each
    long times = 0; // still to come; 0: until it is repaired
};

class SimulatedRedis {
public:
    // `password` of the user "default"; empty: none is asked for. `release`: of processes that are
    // added.
    SimulatedRedis(std::string password, const SidekiqRelease& release, Instant now);

    // False: connections are refused.
    bool accepts() const { return trouble_.fault != RedisFault::refuse; }

    RedisSession connect();

    // What has come in on a connection. `regions`: where the simulated workers are.
    RedisAnswer receive(RedisSession& session, std::string_view bytes,
                        const std::vector<const RegionState*>& regions, Instant now);

    // POST /_sandbox/redis:
    // {"do": "add", "host": "console-1", "pid": 77}: a process that is on no instance. Also
    //   "count" (of processes, whose pids follow one another), "queues", "busy", "quiet",
    //   "embedded", "sidekiq", "up_for" (s since its start), "silent_for" (s since its latest
    //   beat), "ghost" (it has no hash), "fields" (of its hash, as texts, in place of the true
    //   ones)
    // {"do": "remove", "host": "console-1"}
    // {"do": "set", "queues": {"default": 120}, "schedule": 3, "retry": 1, "dead": 0,
    //   "paused": ["mailers"], "frozen": true (the queues neither grow nor shrink)}
    // {"do": "break", "how": "cut", "on": "SMEMBERS", "times": 1}, {"do": "repair"}
    // {"do": "restart"}: connections end, and Redis has what is written from now on only
    // Failure: std::invalid_argument, one line for the person who asked; nothing has changed then.
    Json change(const Json& asked, Instant now);

    // GET /_sandbox/redis: {"commands": {"SMEMBERS": 2}, "connections": 1, "trouble": "none"}
    Json report() const;

private:
    struct Stranger {
        ReportedProcess process;
        Duration silent{0};
    };

    void add(const Json& asked, Instant now);
    void remove(const Json& asked);
    void set(const Json& asked);
    void give_trouble(const Json& asked);
    void restart(Instant now);

    void answer_one(RedisSession& session, const RedisRequest& request, const Keyspace& keys,
                    Instant now, RedisAnswer& answer);
    RedisFault fault_for(const std::string& command);
    Keyspace keyspace(const std::vector<const RegionState*>& regions, Instant now);
    static ReportedProcess as_of(const Stranger& stranger, Instant now);
    void work_off(const std::vector<ReportedProcess>& processes, Instant now);

    std::string password_;
    const SidekiqRelease* release_;
    std::vector<Stranger> strangers_;
    QueueSizes sizes_;
    std::map<std::string, double> waiting_; // by queue: jobs
    bool frozen_ = false;
    Instant worked_off_;                 // waiting_ is of then
    std::optional<Instant> empty_since_; // the latest restart: what was written before it is gone
    int starts_ = 1;
    RedisTrouble trouble_;
    std::map<std::string, long> commands_;
    long connections_ = 0;
};

} // namespace sandbox
