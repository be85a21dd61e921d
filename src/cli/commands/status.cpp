#include "src/report/text/status_table.hpp"

#include "src/aws/services/cloudformation.hpp"
#include "src/base/printable.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/drain/model/pods.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/drain/run/status_query.hpp"
#include "src/report/exit_code.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

struct Seen {
    std::vector<report::InstanceStatus> statuses;
    std::vector<std::string> unseen; // "not seen: …"
    ExitCode code = ExitCode::done;
};

struct Failure {
    std::string why;
    ExitCode code;
    bool may_pass = false;
};

tl::unexpected<Failure> failure(const aws::Error& error, const std::string& fix) {
    return tl::unexpected(Failure{aws::describe(error) + "; " + fix,
                                  code_of(verdict_of(error.kind)), is_transient(error.kind)});
}

tl::unexpected<Failure> nobody(aws::Client& workers, const Request& request) {
    const auto all = aws::describe_environments(workers, request.application);
    if (!all) return failure(all.error(), "nothing was asked");
    return tl::unexpected(Failure{why_nothing_matched(*all, request), ExitCode::nothing_matched});
}

// What could not be seen makes it partial, as an instance does that has not told.
Seen seen_of(const fleet::FleetSnapshot& fleet,
             const std::vector<drain::InvocationResult>& answers) {
    Seen seen{.statuses = report::statuses_of(fleet, answers), .unseen = {}};
    for (const auto& what : fleet.unseen)
        seen.unseen.push_back("not seen: " + what);
    for (const auto& environment : fleet.environments)
        if (runs_pods(environment)) {
            seen.unseen.push_back("not seen: " + drain::pods_out_of_reach(environment.name));
            seen.code = ExitCode::partial;
        }
    if (!fleet.instances || !std::ranges::all_of(seen.statuses, report::is_known))
        seen.code = ExitCode::partial;
    return seen;
}

tl::expected<Seen, Failure> ask(aws::Client& workers, const Request& request, Context& context) {
    const fleet::EnvironmentQuery selection{request.application, request.pattern};
    const auto fleet = fleet::discover(workers, selection);
    if (!fleet) return failure(fleet.error(), "nothing was asked");
    if (fleet->environments.empty()) return nobody(workers, request);
    if (fleet->instances && fleet->instances->empty()) return seen_of(*fleet, {});
    const auto document =
        aws::get_physical_id(workers, request.stack.name, request.stack.status_document);
    if (!document)
        return failure(document.error(), deployment_hint(request.stack, request.region()));
    const drain::RegionJob assignment{
        .query = selection, .status_document = *document, .comment = "snow-white status"};
    const auto answers = drain::ask_workers(workers, context.clock, assignment, *fleet);
    if (answers) return seen_of(*fleet, *answers);
    const auto kind = answers.error().kind;
    return tl::unexpected(Failure{answers.error().why, code_of(drain::verdict_of(kind)),
                                  kind == drain::CallFailure::Kind::unavailable ||
                                      kind == drain::CallFailure::Kind::lost});
}

// All places, one after the other: what cannot be seen in one is told beside what is seen in the
// others.
class StatusCollector {
public:
    StatusCollector(const Request& request, Context& context)
        : context_(context), sessions_(request, context) {
        for (const auto& place : request.region_targets())
            posts_.push_back({place.name, request.at(place), sessions_.in(place)});
    }

    tl::expected<Seen, Failure> operator()() {
        if (posts_.size() == 1)
            return ask(posts_.front().workers, posts_.front().request, context_);
        Seen all;
        Failure none{"", ExitCode::done};
        std::vector<ExitCode> codes;
        for (auto& post : posts_) {
            auto seen = ask(post.workers, post.request, context_);
            codes.push_back(seen ? seen->code : seen.error().code);
            if (seen)
                take(all, post.place, std::move(*seen));
            else
                miss(all, none, post.place, seen.error());
        }
        all.code = none.code = drain::combine_verdicts(codes, ExitCode::done, ExitCode::partial,
                                                       ExitCode::nothing_matched);
        if (all.unseen.size() == posts_.size() && all.statuses.empty()) return tl::unexpected(none);
        return all;
    }

private:
    struct Post {
        std::string place;
        Request request;
        aws::Client workers;
    };

    static void take(Seen& all, const std::string& place, Seen seen) {
        for (auto& status : seen.statuses) {
            status.instance.environment = drain::qualify(place, status.instance.environment);
            all.statuses.push_back(std::move(status));
        }
        for (const auto& what : seen.unseen)
            all.unseen.push_back(drain::prefix_region(place, what));
    }

    static void miss(Seen& all, Failure& none, const std::string& place, const Failure& failure) {
        const std::string sentence = drain::prefix_region(place, failure.why);
        all.unseen.push_back(sentence);
        none.why += (none.why.empty() ? "" : "; ") + sentence;
        none.may_pass = none.may_pass || failure.may_pass;
    }

    Context& context_;
    ProfileSessions sessions_;
    std::vector<Post> posts_;
};

void tell(const Seen& seen, Context& context) {
    if (context.json)
        for (const auto& status : seen.statuses)
            print_json_event(context, report::status_event(status));
    else
        for (const auto& line : report::status_table(seen.statuses))
            print_line(context, line);
    print_line(context, report::status_sentence(seen.statuses));
    for (const auto& what : seen.unseen)
        print_error(context, what);
}

// --watch: one look after the other, until Ctrl-C. On a terminal in place, elsewhere one below the
// other.
class StatusWatcher {
public:
    StatusWatcher(const Request& request, Context& context)
        : request_(request), context_(context), drawn_(can_be_drawn_on(context)),
          screen_(context.out, context.environment.get("NO_COLOR").empty()) {}

    void show(const Seen& seen) {
        table_ = report::status_table(seen.statuses);
        words_ = {report::status_sentence(seen.statuses)};
        words_.insert(words_.end(), seen.unseen.begin(), seen.unseen.end());
        at_ = context_.clock.now();
        if (drawn_) return draw();
        if (!context_.json) print_line(context_, iso_time(at_));
        tell(seen, context_);
    }

    // What was seen before stays there.
    void show(const Failure& failure) {
        words_ = {failure.why + "; asking on"};
        if (drawn_) return draw();
        print_error(context_, words_.front());
    }

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] {
            if (screen_.is_drawn()) draw(); // the window may have another size
        });
        Clock& clock = ticking;
        clock.wait(duration);
    }

    // Gives the terminal back, with the latest look on its own screen.
    void leave() {
        std::vector<std::string> lines;
        for (const auto* some : {&table_, &words_})
            for (const auto& line : *some)
                lines.push_back(printable(line));
        screen_.leave(screen_.is_drawn() ? lines : std::vector<std::string>{});
    }

private:
    void draw() {
        const report::Screen size = screen_.size();
        std::vector<std::string> lines{fmt::format(
            "\"{}\" of {} in {}, {}; each {}; Ctrl-C ends it", report::in_brief(request_.pattern),
            request_.application, fmt::join(request_.regions, ", "), iso_time(at_),
            report::in_words(*request_.every))};
        lines.insert(lines.end(), words_.begin(), words_.end());
        const std::size_t room = size.height - std::min(size.height, lines.size());
        const std::size_t fit =
            table_.size() <= room ? table_.size() : room - std::min<std::size_t>(room, 1);
        lines.insert(lines.end(), table_.begin(),
                     table_.begin() + static_cast<std::ptrdiff_t>(fit));
        if (fit < table_.size())
            lines.push_back(fmt::format("and {} more lines", table_.size() - fit));
        for (auto& line : lines)
            line = truncate_ascii(line, size.width);
        screen_.draw(lines);
    }

    const Request& request_;
    Context& context_;
    bool drawn_;
    report::AlternateScreen screen_;
    std::vector<std::string> table_;
    std::vector<std::string> words_;
    Instant at_{};
};

ExitCode repeat(StatusCollector& ask, const Request& request, Context& context) {
    StatusWatcher repeated(request, context);
    while (!context.clock.interrupted()) {
        const auto seen = ask();
        if (context.clock.interrupted()) break;
        if (!seen && !seen.error().may_pass) {
            repeated.leave();
            print_error(context, seen.error().why);
            return seen.error().code;
        }
        if (seen)
            repeated.show(*seen);
        else
            repeated.show(seen.error());
        repeated.wait(*request.every);
    }
    repeated.leave();
    return ExitCode::interrupted;
}

} // namespace

ExitCode status(const Request& request, Context& context) {
    StatusCollector ask(request, context);
    if (request.every) return repeat(ask, request, context);
    const auto seen = ask();
    if (seen)
        tell(*seen, context);
    else
        print_error(context, seen.error().why);
    if (context.clock.interrupted()) return ExitCode::interrupted;
    return seen ? seen->code : seen.error().code;
}

} // namespace snow_white::cli
