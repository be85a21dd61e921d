// What Sidekiq's Redis says, as sentences for people: the same in notices, reports and Slack. Pure.
// Each is empty where there is nothing to say.
#pragma once

#include "src/drain/model/sidekiq_view.hpp"

namespace snow_white::drain {

// "2 jobs left: ReportJob (default) 2 h 31 min on i-1; ImportJob (mailers) 4 min 2 s on i-2". Of
// many jobs the longest-running ones, and how many there are of each class.
std::string jobs_text(const SidekiqView& view, Instant now);

// "2 processes on console-1, ip-10-0-0-7 take from default"
std::string others_text(const SidekiqView& view);

// "38 jobs wait: 30 in default, 8 in mailers (paused)". `compares`: also how many waited before.
std::string waiting_text(const SidekiqView& view, bool compares);

// Why Redis shows nothing or not all, although it is configured.
std::string unread_text(const SidekiqView& view);

// Beside a success of quiet or stop: why Redis does not confirm it, each a sentence.
std::vector<std::string> doubts_about(const SidekiqView& view);

// "ReportJob (default) 2 h 31 min on i-1"
std::string job_text(const JobLeft& job, Instant now);

} // namespace snow_white::drain
