// faultprint_manual FOLDER: writes the manual pages and the shells' completions there.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "daemon/command_line.h"
#include "daemon/manual/pages.h"

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace faultprint;
  if (argc != 2) {
    std::fputs("usage: faultprint_manual FOLDER\n", stderr);
    return 2;
  }
  try {
    daemon::Command unused;
    const manual::CommandText program = manual::describe(*daemon::command_line(unused));
    const std::string folder = std::string(argv[1]) + "/";
    write(folder + "faultprint.1", manual::commands_page(program));
    write(folder + "faultprint.yaml.5", manual::configuration_page());
    write(folder + "faultprint.bash", manual::completion_bash(program));
    write(folder + "_faultprint", manual::completion_zsh(program));
    write(folder + "faultprint.fish", manual::completion_fish(program));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "faultprint_manual: %s\n", e.what());
    return 1;
  }
  return 0;
}
