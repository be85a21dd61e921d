#include "src/drain/company.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

void say_in(const std::string& place, std::vector<std::string>& sentences) {
    for (auto& sentence : sentences)
        sentence = said_in(place, sentence);
}

template <class Item> void append(std::vector<Item>& to, std::vector<Item> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void add(EnvironmentStanding& sum, const EnvironmentStanding& part) {
    sum.instances += part.instances;
    sum.as_asked += part.as_asked;
    sum.gone += part.gone;
}

// Nothing is sent yet only while that is so everywhere; each worker is asked only when all have been told.
Stage stage_of(const std::vector<const Standing*>& parts) {
    const auto any = [&parts](Stage stage) {
        return std::ranges::find(parts, stage, &Standing::stage) != parts.end();
    };
    if (any(Stage::waiting)) return Stage::waiting;
    return any(Stage::checking) ? Stage::checking : Stage::looking;
}

} // namespace

std::string name_in(const std::string& place, const std::string& environment) {
    return place.empty() || environment.empty() ? environment : place + "/" + environment;
}

std::string said_in(const std::string& place, const std::string& sentence) {
    return place.empty() ? sentence : place + ": " + sentence;
}

void sum_up(Report& report) {
    std::vector<Verdict> verdicts;
    for (const auto& one : report.places)
        verdicts.push_back(one.verdict);
    report.verdict = whole_of(verdicts, Verdict::done, Verdict::partial, Verdict::nothing_matched);
    for (const auto& one : report.places)
        if (one.verdict == report.verdict && !one.why.empty())
            report.why += (report.why.empty() ? "" : "; ") + said_in(one.place, one.why);
}

Company::Company(std::vector<std::string> places) {
    for (auto& place : places)
        parts_.push_back({.place = std::move(place)});
}

std::vector<Event> Company::take(std::size_t place, Event event) {
    Part& part = parts_[place];
    if (parts_.size() == 1) {
        std::vector<Event> events;
        events.push_back(std::move(event)); // a list in braces would copy it
        return events;
    }
    return std::visit([&](auto& one) { return take(part, std::move(one)); }, event);
}

// Who is concerned is told when it is known of all, or before the first is told to do something.
std::vector<Event> Company::take(Part& part, Matched matched) {
    for (auto& environment : matched.environments)
        environment.name = name_in(part.place, environment.name);
    part.matched = std::move(matched);
    const bool all = std::ranges::all_of(parts_, [](const Part& one) { return one.matched || one.report; });
    if (!all) return {};
    told_who_ = true;
    return {this->matched()};
}

std::vector<Event> Company::take(Part& part, Started started) {
    std::vector<Event> events;
    if (!std::exchange(told_who_, true)) events.emplace_back(matched());
    for (auto& name : started.order.environments)
        name = name_in(part.place, name);
    started.place = part.place;
    events.emplace_back(std::move(started));
    return events;
}

std::vector<Event> Company::take(Part& part, Advanced advanced) {
    part.advanced = advanced;
    Advanced sum{.errand = advanced.errand};
    for (const auto& one : parts_)
        if (one.advanced && one.advanced->errand == sum.errand) {
            sum.completed += one.advanced->completed;
            sum.targeted += one.advanced->targeted;
        }
    const bool all = std::ranges::all_of(parts_, [](const Part& one) { return one.advanced || one.report; });
    if (!all && sum.completed == 0) return {}; // it says less than who is concerned
    return {sum};
}

std::vector<Event> Company::take(Part& part, Noted noted) {
    noted.what = said_in(part.place, noted.what);
    return {std::move(noted)};
}

std::vector<Event> Company::take(Part& part, Standing standing) {
    for (auto& row : standing.environments)
        row.name = name_in(part.place, row.name);
    for (auto& straggler : standing.stragglers)
        straggler.environment = name_in(part.place, straggler.environment);
    part.standing = std::move(standing);
    return {this->standing()};
}

std::vector<Event> Company::take(Part& part, Report report) {
    for (auto& name : report.environments)
        name = name_in(part.place, name);
    for (auto& instance : report.instances)
        instance.environment = name_in(part.place, instance.environment);
    say_in(part.place, report.unverified);
    say_in(part.place, report.warnings);
    part.report = std::move(report);
    const bool all = std::ranges::all_of(parts_, [](const Part& one) { return one.report.has_value(); });
    if (!all) return {};
    std::vector<Event> events;
    events.emplace_back(this->report());
    return events;
}

Matched Company::matched() const {
    Matched whole{.environments = {}, .instances = 0};
    for (const auto& part : parts_) {
        if (!part.matched) continue;
        append(whole.environments, part.matched->environments);
        if (!part.matched->instances)
            whole.instances.reset();
        else if (whole.instances)
            *whole.instances += *part.matched->instances;
    }
    return whole;
}

Standing Company::standing() const {
    std::vector<const Standing*> told;
    for (const auto& part : parts_)
        if (part.standing) told.push_back(&*part.standing);
    Standing whole{.action = told.front()->action,
                   .stage = stage_of(told),
                   .begun = told.front()->begun,
                   .deadline = told.front()->deadline};
    for (const auto* part : told) {
        if (part->stage == whole.stage) {
            whole.completed += part->completed;
            whole.targeted += part->targeted;
        }
        add(whole.all, part->all);
        append(whole.environments, part->environments);
        whole.more_environments += part->more_environments;
        append(whole.stragglers, part->stragglers);
        whole.jobs += part->jobs;
        whole.heard += part->heard;
    }
    trim(whole);
    return whole;
}

Report Company::report() {
    Report whole{.action = parts_.front().report->action};
    for (auto& part : parts_) {
        Report& one = *part.report;
        whole.places.push_back({part.place, one.verdict, one.why, one.begun});
        whole.begun = whole.begun || one.begun;
        whole.elapsed = std::max(whole.elapsed, one.elapsed);
        append(whole.environments, std::move(one.environments));
        append(whole.instances, std::move(one.instances));
        append(whole.unverified, std::move(one.unverified));
        append(whole.warnings, std::move(one.warnings));
    }
    sum_up(whole);
    return whole;
}

} // namespace snow_white::drain
