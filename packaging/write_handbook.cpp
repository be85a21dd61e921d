// write_handbook FOLDER: writes the manual page and the shells' completions, under the file names
// by which man and the shells find them. Exit codes: 0 written, 2 no folder named, 74 not written.
#include "src/base/output.hpp"
#include "src/cli/input/man_page_and_completions.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

int main(int argc, char** argv) {
    using namespace snow_white;
    constexpr int usage = 2;
    constexpr int unwritten = 74; // as in report/names.hpp
    if (argc != 2) {
        write_line(stderr, "usage: write_handbook FOLDER");
        return usage;
    }
    const std::filesystem::path folder = argv[1];
    std::error_code ignored; // writing a file fails then, too
    std::filesystem::create_directories(folder, ignored);
    const std::pair<const char*, std::string> pages[] = {
        {"snow-white.1", cli::manual_page()},
        {"snow-white.bash", cli::completion_for_bash()},
        {"_snow-white", cli::completion_for_zsh()},
        {"snow-white.fish", cli::completion_for_fish()}};
    for (const auto& [name, text] : pages)
        if (!(std::ofstream(folder / name) << text << std::flush)) {
            write_line(stderr, "write_handbook: " + (folder / name).string() + " was not written");
            return unwritten;
        }
    return 0;
}
