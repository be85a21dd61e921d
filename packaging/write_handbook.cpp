// write_handbook FOLDER: writes the manual page and the shells' completions, under the file names
// by which man and the shells find them.
#include "src/cli/input/man_page_and_completions.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>

int main(int argc, char** argv) {
    using namespace snow_white::cli;
    if (argc != 2) {
        fmt::print(stderr, "usage: write_handbook FOLDER\n");
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "snow-white.1") << manual_page();
    std::ofstream(folder / "snow-white.bash") << completion_for_bash();
    std::ofstream(folder / "_snow-white") << completion_for_zsh();
    std::ofstream(folder / "snow-white.fish") << completion_for_fish();
    return 0;
}
