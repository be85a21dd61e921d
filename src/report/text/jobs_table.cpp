#include "src/report/text/jobs_table.hpp"

#include "src/base/chunk.hpp"
#include "src/base/enum_names.hpp"
#include "src/base/printable.hpp"
#include "src/base/text.hpp"
#include "src/base/time_format.hpp"
#include "src/report/text/fitting_columns.hpp"
#include "src/report/text/status_table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

struct JobColumnSpec {
    JobColumn value;
    std::string_view heading;
    std::size_t least; // its usual cells fit, so that it is as wide in each table
    std::size_t most;  // on a terminal
};

// In the order of the enumerators.
constexpr JobColumnSpec job_column_specs[] = {{JobColumn::age, "AGE", 11, 11},
                                              {JobColumn::class_name, "CLASS", 12, 60},
                                              {JobColumn::queue, "QUEUE", 7, 20},
                                              {JobColumn::where, "WHERE", 20, 40},
                                              {JobColumn::id, "ID", 24, 24}};
static_assert(has_all_enumerators(job_column_specs));

constexpr JobColumn jobs_in_a_pipe[] = {JobColumn::class_name, JobColumn::queue, JobColumn::age,
                                        JobColumn::id, JobColumn::where};

constexpr std::size_t place_of(JobColumn column) {
    return static_cast<std::size_t>(column);
}

constexpr ElasticColumn elastic_class{place_of(JobColumn::class_name), 12,
                                      place_of(JobColumn::where)};

// A class's last words tell it from others: "..ly::ReportJob".
std::string fitting_class(const std::string& name, std::size_t width) {
    if (name.size() <= width || width < 3) return truncate_ascii(name, width);
    return truncate_ascii(".." + name.substr(name.size() - (width - 2)), width);
}

class JobCells {
public:
    JobCells(const sidekiq::Snapshot& snapshot, const JobsFormat& format)
        : snapshot_(snapshot), has_ages_(format.width.has_value()) {}

    std::string heading(JobColumn column) const {
        if (column == JobColumn::age && !has_ages_) return "SINCE";
        return std::string(job_column_specs[place_of(column)].heading);
    }

    std::string cell(const sidekiq::RunningJob& job, JobColumn column) const {
        switch (column) {
        case JobColumn::age:
            return has_ages_ ? age_text(snapshot_.at - job.started) : iso_time(job.started);
        case JobColumn::class_name:
            return job.class_name;
        case JobColumn::queue:
            return job.queue;
        case JobColumn::where: {
            const auto* process = process_of(job, snapshot_);
            return process == nullptr ? "-" : host_and_pid(*process);
        }
        case JobColumn::id:
            return job.id;
        }
        return {};
    }

private:
    const sidekiq::Snapshot& snapshot_;
    bool has_ages_;
};

// The columns of one table, with their widths.
struct JobColumns {
    std::vector<JobColumn> shown;
    JobWidths widths = {};
    std::size_t gap = 2;
};

JobColumns job_columns(const sidekiq::Snapshot& snapshot, const JobsFormat& format) {
    const JobWidths widths = widths_of(snapshot, format);
    if (!format.width) return {{std::begin(jobs_in_a_pipe), std::end(jobs_in_a_pipe)}, widths};
    const auto fitting = fit_columns({widths.begin(), widths.end()}, elastic_class, *format.width);
    JobColumns columns{.shown = {}, .gap = fitting.gap};
    std::ranges::copy(fitting.widths, columns.widths.begin());
    for (std::size_t column = 0; column < fitting.shown; ++column)
        columns.shown.push_back(static_cast<JobColumn>(column));
    return columns;
}

// One line; a cell beyond its column's width is cut on a terminal.
template <class CellOf>
std::string job_line(const JobColumns& columns, const JobsFormat& format, const CellOf& cell_of) {
    std::string line;
    for (const auto column : columns.shown) {
        const std::size_t width = columns.widths[place_of(column)];
        std::string cell = cell_of(column);
        if (cell.empty()) cell = "-";
        if (!format.width)
            cell = printable(cell);
        else if (column == JobColumn::class_name)
            cell = fitting_class(cell, width);
        else
            cell = truncate_ascii(std::move(cell), width);
        line += cell;
        line.append(width + columns.gap - std::min(width, count_characters(cell)), ' ');
    }
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

} // namespace

const sidekiq::Process* process_of(const sidekiq::RunningJob& job,
                                   const sidekiq::Snapshot& snapshot) {
    const auto& processes = snapshot.processes;
    const auto found =
        std::ranges::lower_bound(processes, job.identity, {}, &sidekiq::Process::identity);
    return found == processes.end() || found->identity != job.identity ? nullptr : &*found;
}

JobWidths widths_of(const sidekiq::Snapshot& snapshot, const JobsFormat& format) {
    const JobCells cells(snapshot, format);
    JobWidths widths = format.at_least;
    for (const auto& spec : job_column_specs) {
        auto& width = widths[place_of(spec.value)];
        width = std::max(width, spec.least);
        for (const auto& job : first_of(snapshot.jobs, format.most_rows))
            width = std::max(width, count_characters(printable(cells.cell(job, spec.value))));
        if (format.width) width = std::min(width, spec.most);
    }
    return widths;
}

std::vector<std::string> jobs_table(const sidekiq::Snapshot& snapshot, const JobsFormat& format) {
    const JobCells cells(snapshot, format);
    const JobColumns columns = job_columns(snapshot, format);
    std::vector<std::string> lines{
        job_line(columns, format, [&](JobColumn column) { return cells.heading(column); })};
    for (const auto& job : first_of(snapshot.jobs, format.most_rows))
        lines.push_back(
            job_line(columns, format, [&](JobColumn column) { return cells.cell(job, column); }));
    return lines;
}

} // namespace snow_white::report
