// Notices that wait for the next reply in a thread. Those that say the same of several instances,
// as when twenty lose their agent in one step, become one line: "20 SSM agents have lost the
// connection: i-1 (acme-workers), i-2 (acme-workers), and 18 more". Pure.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace snow_white::report {

class NoticeGroups {
public:
    void add(const std::string& notice);
    bool empty() const { return groups_.empty(); }

    // The lines in the order in which their first notices came, and none afterwards.
    std::vector<std::string> take();

private:
    struct Group {
        std::string region;             // "eu-west-1: "; empty in a run of one region
        std::string sentence;           // what is said of each instance; else the whole notice
        std::set<std::string> subjects; // "i-1 (acme-workers)"; empty: it is not about an instance
    };
    static Group parse(const std::string& notice);
    static std::string line_of(const Group& group);

    std::vector<Group> groups_;
    // By whether it is about instances, by region and by sentence.
    std::map<std::tuple<bool, std::string, std::string>, std::size_t> places_;
};

} // namespace snow_white::report
