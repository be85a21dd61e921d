#include "src/report/slack/notice_groups.hpp"

#include "src/base/pluralize.hpp"

#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace snow_white::report {

namespace {

constexpr std::size_t most_subjects = 3; // of more, two are named

// What the drain says of one instance, and the same of several (drain/machine/apply_fleet.cpp).
constexpr std::pair<std::string_view, std::string_view> plurals[] = {
    {"its SSM agent has lost the connection", "SSM agents have lost the connection"},
    {"its SSM agent answers again", "SSM agents answer again"},
    {"stopped or being terminated in EC2", "instances are stopped or being terminated in EC2"}};

std::string said_of_several(const std::string& sentence, std::size_t count) {
    for (const auto& [one, several] : plurals)
        if (sentence == one) return fmt::format("{} {}", count, several);
    return fmt::format("{}: {}", pluralize(count, "instance"), sentence);
}

} // namespace

// "eu-west-1: i-1 (acme-workers): its SSM agent answers again"
NoticeGroups::Group NoticeGroups::parse(const std::string& notice) {
    const Group whole{.region = {}, .sentence = notice, .subjects = {}};
    const auto label_end = notice.find("): ");
    if (label_end == std::string::npos) return whole;
    const auto region_end = notice.find(": ");
    const auto begin = region_end < label_end ? region_end + 2 : 0;
    const std::string region = notice.substr(0, begin);
    const std::string label = notice.substr(begin, label_end + 1 - begin);
    const auto environment = label.find(" (");
    if (!label.starts_with("i-") || environment == std::string::npos ||
        label.find(' ') != environment || region.find(' ') + 1 != region.size())
        return whole;
    return {.region = region, .sentence = notice.substr(label_end + 3), .subjects = {label}};
}

std::string NoticeGroups::line_of(const Group& group) {
    const std::size_t count = group.subjects.size();
    if (count == 0) return group.sentence;
    if (count == 1) return group.region + *group.subjects.begin() + ": " + group.sentence;
    std::string names;
    std::size_t named = 0;
    for (const auto& subject : group.subjects) {
        if (count > most_subjects && named + 1 == most_subjects) break;
        names += (named++ == 0 ? "" : ", ") + subject;
    }
    if (named < count) names += fmt::format(", and {} more", count - named);
    return fmt::format("{}{}: {}", group.region, said_of_several(group.sentence, count), names);
}

void NoticeGroups::add(const std::string& notice) {
    Group group = parse(notice);
    const auto [place, is_new] = places_.try_emplace(
        {!group.subjects.empty(), group.region, group.sentence}, groups_.size());
    if (is_new)
        groups_.push_back(std::move(group));
    else
        groups_[place->second].subjects.merge(group.subjects);
}

std::vector<std::string> NoticeGroups::take() {
    std::vector<std::string> lines;
    for (const auto& group : groups_)
        lines.push_back(line_of(group));
    groups_.clear();
    places_.clear();
    return lines;
}

} // namespace snow_white::report
