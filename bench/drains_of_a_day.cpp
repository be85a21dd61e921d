// 10,000 instances whose jobs end at random times within a day. The whole program runs, as in the
// container, against the whole sandbox, in one process and in simulated time; every call takes 80
// ms. Prints a line for each seed, with tabs between the fields: instances, hours, seed, calls,
// calls per four seconds, seconds from the last job's end to the call that saw it, seconds from the
// last job's end to the report, and the program's peak heap in MiB.
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_host.hpp"
#include "src/cli/session/context.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/sandbox_http.hpp"
#include "tests/unit/whole_run.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <new>
#include <pugixml.hpp>
#include <random>

namespace {

// The program's share of the heap; allocations of the sandbox are not counted. Each block begins
// with the size that was counted for it.
struct Heap {
    std::size_t now = 0;
    std::size_t most = 0;
    bool is_sandbox = false;
} heap;

constexpr std::size_t before_a_block = alignof(std::max_align_t);

class SandboxAllocations {
public:
    SandboxAllocations() { heap.is_sandbox = true; }
    ~SandboxAllocations() { heap.is_sandbox = before_; }
    SandboxAllocations(const SandboxAllocations&) = delete;
    SandboxAllocations& operator=(const SandboxAllocations&) = delete;

private:
    bool before_ = heap.is_sandbox;
};

} // namespace

void* operator new(std::size_t size) {
    auto* const block = static_cast<char*>(std::malloc(size + before_a_block));
    if (block == nullptr) throw std::bad_alloc();
    const std::size_t counted = heap.is_sandbox ? 0 : size;
    std::memcpy(block, &counted, sizeof counted);
    heap.now += counted;
    heap.most = std::max(heap.most, heap.now);
    return block + before_a_block;
}

void operator delete(void* memory) noexcept {
    if (memory == nullptr) return;
    char* const block = static_cast<char*>(memory) - before_a_block;
    std::size_t counted = 0;
    std::memcpy(&counted, block, sizeof counted);
    heap.now -= counted;
    std::free(block);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

namespace {

using namespace std::chrono_literals;
using sandbox::Json;
using snow_white::Duration;
using snow_white::Instant;

constexpr std::size_t environments = 20;
constexpr std::size_t instances_of_each = 500;
constexpr Duration day = 24h;
constexpr Duration a_call{80};
constexpr unsigned seeds = 4;

class MeasuringHttp : public snow_white::Http {
public:
    MeasuringHttp(sandbox::Sandbox& box, FakeClock& clock) : http_(box, clock), clock_(clock) {}

    snow_white::HttpResult send(const snow_white::HttpRequest& request) override {
        ++calls;
        clock_.advance(a_call);
        const std::string target = "AmazonSSM.ListCommandInvocations";
        for (const auto& [name, value] : request.headers)
            if (value == target) results_asked.push_back(clock_.now());
        const auto answer = [&] {
            const SandboxAllocations sandbox;
            return http_.send(request);
        }();
        auto ours = answer; // copied, so that the answer's memory counts as the program's
        return ours;
    }

    int calls = 0;
    std::vector<Instant> results_asked;

private:
    test::SandboxHttp http_;
    FakeClock& clock_;
};

sandbox::RegionState fleet(unsigned seed, Instant now) {
    std::vector<sandbox::EnvironmentSpec> specs;
    for (std::size_t i = 0; i < environments; ++i)
        specs.push_back({fmt::format("acme-workers-{}", i), instances_of_each});
    // Launched long ago: the watch for newcomers would name each instance that was launched within
    // the hour before the drain.
    auto plan = sandbox::plan_fleet("acme", specs, now - day);
    std::mt19937 random(seed);
    std::uniform_int_distribution<Duration::rep> any(0, day.count());
    for (auto& instance : plan.state.instances)
        instance.host = std::make_unique<sandbox::SimulatedHost>(
            sandbox::SimulatedOptions{.drain = Duration{any(random)}});
    return std::move(plan.state);
}

Json ssm(sandbox::Sandbox& box, const std::string& action, const Json& parameters) {
    sandbox::HttpRequest request;
    request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                       {"X-Amz-Target", "AmazonSSM." + action}};
    request.body = parameters.dump();
    request.trusted = sandbox::TrustedCaller{box.credential_of("administrator").access_key, "ssm"};
    return Json::parse(box.handle(request).body);
}

// According to SSM's answers.
Instant last_end(sandbox::Sandbox& box) {
    std::string command;
    const Json commands = ssm(box, "ListCommands", Json::object());
    for (const auto& one : commands.at("Commands"))
        if (one.at("DocumentName").get<std::string>().find("QuietSideKiq") != std::string::npos)
            command = one.at("CommandId");
    double last = 0;
    Json question{{"CommandId", command}, {"Details", true}, {"MaxResults", 50}};
    for (bool more = true; more;) {
        const Json page = ssm(box, "ListCommandInvocations", question);
        for (const auto& invocation : page.at("CommandInvocations"))
            for (const auto& plugin : invocation.at("CommandPlugins"))
                last = std::max(last, plugin.at("ResponseFinishDateTime").get<double>());
        more = page.contains("NextToken");
        if (more) question["NextToken"] = page["NextToken"];
    }
    return Instant{Duration{static_cast<Duration::rep>(last * 1000)}};
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

void drain(unsigned seed) {
    FakeClock clock;
    heap.is_sandbox = true;
    sandbox::SandboxOptions options;
    options.template_text =
        test::Run::text_of(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
    sandbox::Sandbox box(fleet(seed, clock.now()), clock, options);
    const std::string key = box.credential_of("alice").access_key;
    heap = {};
    MeasuringHttp http(box, clock);
    auto variables = test::Run::asked("quiet");
    variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
    variables["AWS_ACCESS_KEY_ID"] = key;
    variables["AWS_SECRET_ACCESS_KEY"] = "not checked in process";
    const snow_white::Environment environment(variables);
    std::FILE* out = std::tmpfile();
    snow_white::cli::Context outside{environment, http, clock, out, out};
    outside.in_container = true;
    const Instant begun = clock.now();
    const auto code = snow_white::cli::run({}, outside);
    const Instant ended = clock.now();
    const double most = static_cast<double>(heap.most);
    const std::string printed = test::read_and_close(out);
    if (code != snow_white::report::ExitCode::done) {
        fmt::print(stderr, "wanted the drain of seed {} to end as done; it ended so:\n{}", seed,
                   printed);
        std::exit(1);
    }
    const Instant last = last_end(box);
    const auto seen =
        std::ranges::find_if(http.results_asked, [&](Instant at) { return at >= last; });
    fmt::print("{}\t{}\t{}\t{}\t{:.3f}\t{:.2f}\t{:.2f}\t{:.1f}\n", environments * instances_of_each,
               day / 1h, seed, http.calls, http.calls / (seconds(ended - begun) / 4),
               seconds(*seen - last), seconds(ended - last), most / (1 << 20));
}

} // namespace

int main() {
    // pugixml would use malloc, which is not counted.
    pugi::set_memory_management_functions([](std::size_t size) { return operator new(size); },
                                          [](void* memory) { operator delete(memory); });
    for (unsigned seed = 1; seed <= seeds; ++seed)
        drain(seed);
}
