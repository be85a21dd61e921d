// Lines and tables in Slack's code blocks. In: words that are fit for code already (mrkdwn.hpp's
// code_safe).
#pragma once

#include <string>
#include <vector>

namespace snow_white::report {

std::string code_block(const std::vector<std::string>& lines);

// One line a row, all rows of the same length: the first column to the left, the others to the
// right. A character counts as one column, whatever it takes to write it.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows);

} // namespace snow_white::report
