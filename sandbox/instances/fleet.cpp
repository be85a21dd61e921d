#include "sandbox/instances/fleet.hpp"

#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace sandbox {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view scratch_prefix = "snow-white-instances.";

// What a sandbox left that was killed. Its mounts went with it, so the folders are empty ones.
void remove_scratch_of_the_dead() {
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::temp_directory_path())) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(scratch_prefix)) continue;
        const pid_t owner = std::atoi(name.c_str() + scratch_prefix.size());
        if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path());
    }
}

fs::path make_scratch() {
    remove_scratch_of_the_dead();
    std::string pattern = fs::temp_directory_path() / scratch_prefix;
    pattern += std::to_string(getpid()) + ".XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("cannot make a folder " + pattern);
    return pattern;
}

sockaddr_in local_address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// Somebody else may take it before it is used: the user of it then says so.
int free_port() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = local_address(0);
    socklen_t length = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    const bool bound =
        bind(listener, place, length) == 0 && getsockname(listener, place, &length) == 0;
    close(listener);
    if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

bool is_listening(int port) {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = local_address(port);
    const bool connected =
        connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(connection);
    return connected;
}

// On its standard input: any user reads a command line.
std::string redis_configuration(const RedisAccess& access, const fs::path& folder) {
    return fmt::format("port {}\nbind 127.0.0.1\nrequirepass {}\nsave \"\"\ndir \"{}\"\n"
                       "maxmemory-policy noeviction\n",
                       access.port, access.password, folder.string());
}

class LogFile {
public:
    explicit LogFile(const fs::path& path)
        : descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
        if (descriptor_ < 0) throw std::runtime_error("cannot write the log " + path.string());
    }
    ~LogFile() { close(descriptor_); }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

// The only child of a process, -1 while it has none.
pid_t child_of(pid_t pid) {
    const std::string number = std::to_string(pid);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    pid_t child = -1;
    return children >> child ? child : -1;
}

// boot -> nspawn -> the instance's first process (see sandbox/instances/boot).
pid_t leader_below(pid_t boot) {
    const pid_t nspawn = child_of(boot);
    return nspawn < 0 ? -1 : child_of(nspawn);
}

// The kernel ends an instance after its parents: only then can its control groups be removed.
void wait_until_gone(pid_t leader) {
    for (int tries = 0; tries < 500 && leader > 0 && kill(leader, 0) == 0; ++tries)
        std::this_thread::sleep_for(10ms);
}

// Each systemd takes five inotify instances, and Linux gives a user 128 unless told otherwise.
void check_room_for(std::size_t instances) {
    constexpr std::size_t each = 5;
    std::ifstream file("/proc/sys/fs/inotify/max_user_instances");
    std::size_t limit = 0;
    if (file >> limit && instances * each > limit)
        throw std::runtime_error(
            std::to_string(instances) + " booted instances need more than the " +
            std::to_string(limit) +
            " of fs.inotify.max_user_instances: raise it, boot fewer or use --simulated");
}

} // namespace

BootedFleet::BootedFleet(fs::path checkout, fs::path log_directory)
    : checkout_(std::move(checkout)), log_directory_(std::move(log_directory)) {
    if (geteuid() != 0)
        throw std::runtime_error("booted instances need root; --simulated ones do not");
    scratch_ = make_scratch();
}

BootedFleet::~BootedFleet() {
    take_down();
}

void BootedFleet::prepare_root() {
    const fs::path log = checkout_ / "build/instances/root.log";
    Process process({.arguments = {checkout_ / "sandbox/instances/root"},
                     .standard_error = STDERR_FILENO,
                     .dies_with_parent = true});
    const std::optional<int> code = process.wait_for(20min);
    if (code != 0)
        throw std::runtime_error("the instances' root file system could not be made; see " +
                                 log.string());
}

RedisAccess BootedFleet::start_redis() {
    const fs::path log = log_directory_ / "redis.log";
    const LogFile output(log);
    redis_access_ = {free_port(), random_hex(32)};
    const MemoryFile configuration(redis_configuration(redis_access_, scratch_));
    redis_ = std::make_unique<Process>(ProcessSpec{.arguments = {"redis-server", "-"},
                                                   .standard_input = configuration.descriptor(),
                                                   .standard_output = output.descriptor(),
                                                   .standard_error = output.descriptor(),
                                                   .dies_with_parent = true});
    for (int tries = 0; tries < 200 && !redis_->exit_code(); ++tries) {
        if (is_listening(redis_access_.port)) return redis_access_;
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("redis-server does not listen on port " +
                             std::to_string(redis_access_.port) + "; see " + log.string());
}

BootedFleet::Booting BootedFleet::begin(const InstanceToBoot& wanted) {
    const LayoutFacts& layout = facts_of(wanted.layout);
    Booting booting{.instance = std::make_shared<BootedInstance>(
                        BootedInstance{.instance_id = wanted.instance_id,
                                       .region = wanted.region,
                                       .checkout = checkout_,
                                       .objects = log_directory_ / "s3"}),
                    .unit = std::string(layout.unit),
                    .log = log_directory_ / (wanted.instance_id + ".log")};
    const fs::path folder = scratch_ / wanted.instance_id;
    fs::create_directory(folder);
    const LogFile output(booting.log);
    booting.process = std::make_unique<Process>(
        ProcessSpec{.arguments = {checkout_ / "sandbox/instances/boot", wanted.instance_id,
                                  std::string(layout.name), folder},
                    .environment = {fmt::format("REDIS_URL=redis://:{}@127.0.0.1:{}/0",
                                                redis_access_.password, redis_access_.port)},
                    .standard_output = output.descriptor(),
                    .standard_error = output.descriptor(),
                    .dies_with_parent = true});
    return booting;
}

bool BootedFleet::is_ready(Booting& booting) const {
    if (booting.process->exit_code())
        throw std::runtime_error("instance " + booting.instance->instance_id +
                                 " ended while it booted; see " + booting.log.string());
    booting.instance->leader = leader_below(booting.process->pid());
    if (booting.instance->leader < 0) return false;
    Process check({.arguments = inside(*booting.instance,
                                       {"systemctl", "--quiet", "is-active", booting.unit})});
    return check.wait_for(5s) == 0;
}

void BootedFleet::wait_until_ready(std::vector<Booting>& booting) const {
    const auto deadline = std::chrono::steady_clock::now() + 120s;
    for (Booting& each : booting)
        while (!is_ready(each)) {
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("instance " + each.instance->instance_id + ": " +
                                         each.unit + " is not active after 120 s; see " +
                                         each.log.string());
            std::this_thread::sleep_for(200ms);
        }
}

std::vector<std::unique_ptr<Host>> BootedFleet::boot(const std::vector<InstanceToBoot>& instances) {
    check_room_for(instances_.size() + instances.size());
    std::vector<Booting> booting;
    for (const InstanceToBoot& wanted : instances)
        booting.push_back(begin(wanted));
    wait_until_ready(booting);
    std::vector<std::unique_ptr<Host>> hosts;
    for (Booting& each : booting) {
        hosts.push_back(std::make_unique<BootedHost>(each.instance));
        instances_.push_back(std::move(each));
    }
    return hosts;
}

void BootedFleet::take_down() {
    std::vector<pid_t> leaders;
    for (Booting& each : instances_) {
        leaders.push_back(std::exchange(each.instance->leader, -1));
        each.process->signal_group(SIGKILL);
    }
    instances_.clear();
    for (const pid_t leader : leaders)
        wait_until_gone(leader);
    redis_.reset();
    std::error_code ignored; // nothing to be done about a folder that stays
    fs::remove_all(scratch_, ignored);
    if (leaders.empty()) return;
    Process({.arguments = {checkout_ / "sandbox/instances/remove-cgroups"}}).wait_for(5s);
}

} // namespace sandbox
