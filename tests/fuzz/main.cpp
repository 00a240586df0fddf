// Runs a target over its corpus and over mutations of it that a seed determines. A finding names
// the file and seed that show it again.
//   fuzz_corpus TARGET FOLDER MUTATIONS         of the whole corpus
//   fuzz_corpus TARGET FOLDER FILE SEED [OUT]   one of them (0: the file as it is), kept in OUT
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/mutation.h"
#include "tests/fuzz/targets.h"
#include "tests/unit/file_bytes.h"

extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace faultprint::fuzz {
namespace {

constexpr unsigned kMostSeconds = 20;  // for one input, on a machine that does other things
// Bytes of a file over and over, and of all of a corpus together.
constexpr std::size_t kLarge = 200000;
constexpr std::size_t kLargeInAll = 4000000;

using Target = void (*)(std::string_view);
#define FAULTPRINT_FUZZ_TARGET(name) {#name, fuzz_##name},
const std::pair<std::string_view, Target> kTargets[] = {
    FAULTPRINT_FUZZ_TARGETS(FAULTPRINT_FUZZ_TARGET)};
#undef FAULTPRINT_FUZZ_TARGET

char replay[1024];  // of the case that runs: said where it ends the process

void say_case() {
  if (write(STDERR_FILENO, replay, std::char_traits<char>::length(replay)) < 0) _exit(3);
}

void on_signal(int signal) {
  say_case();
  _exit(128 + signal);
}

struct Corpus {
  explicit Corpus(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) texts.push_back(test::read_bytes(folder + "/" + name));
  }
  // Seed 0 is the file, 1 the file over and over, up to a length at which what is quadratic shows.
  std::string input(std::size_t file, std::uint64_t seed) const {
    if (seed == 0) return texts[file];
    if (seed == 1) return repeated(texts[file]);
    return mutated(texts[file], texts[(file + seed) % texts.size()], seed);
  }
  std::string repeated(const std::string& text) const {
    const std::size_t size = std::min(kLarge, kLargeInAll / texts.size());
    std::string all;
    while (!text.empty() && all.size() < size) all += text;
    return all;
  }

  std::vector<std::string> names;
  std::vector<std::string> texts;
};

}  // namespace
}  // namespace faultprint::fuzz

int main(int argc, char** argv) {
  using namespace faultprint::fuzz;
  const auto target = std::find_if(std::begin(kTargets), std::end(kTargets), [&](const auto& each) {
    return argc >= 4 && each.first == argv[1];
  });
  if (target == std::end(kTargets)) {
    std::fprintf(stderr, "usage: fuzz_corpus TARGET FOLDER MUTATIONS | FILE SEED [OUT]\n");
    return 2;
  }
  const Corpus corpus(argv[2]);
  const auto run = [&](std::size_t file, std::uint64_t seed) {
    std::snprintf(replay, sizeof replay, "finding: %s %s %s %s %llu\n", argv[0], argv[1], argv[2],
                  corpus.names[file].c_str(), static_cast<unsigned long long>(seed));
    const std::string input = corpus.input(file, seed);
    if (argc == 6) faultprint::test::write_bytes(argv[5], input);
    alarm(kMostSeconds);
    target->second(input);
  };
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    if (signal == SIGABRT || signal == SIGALRM || !__sanitizer_set_death_callback)
      ::signal(signal, on_signal);
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(say_case);
  if (argc > 4) {
    const auto named = std::find(corpus.names.begin(), corpus.names.end(), argv[3]);
    if (named == corpus.names.end()) return 2;
    run(static_cast<std::size_t>(named - corpus.names.begin()),
        std::strtoull(argv[4], nullptr, 10));
    return 0;
  }
  const std::size_t times = std::strtoull(argv[3], nullptr, 10);
  for (std::size_t n = 0; n < times + 2 * corpus.names.size(); ++n)
    run(n % corpus.names.size(), n / corpus.names.size());
  std::printf("%s: %zu files, %zu mutations\n", argv[1], corpus.names.size(), times);
  return corpus.names.empty() ? 1 : 0;
}
