// crash_worlds: seeded worlds, each against its undisturbed run.
#include <malloc.h>
#include <sys/prctl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "tests/simulation/world.h"

namespace faultprint::crash {
namespace {

constexpr const char* kHelp =
    R"(crash_worlds [--seed N] [--worlds N] [--jobs N] [--trace] [--find-within]

Runs worlds N, N+1, ...: each a scripted topic and consumer group in which processes are killed
between any two steps, and much else happens. Verdicts and alarm events must be those of an
undisturbed run. Ends with status 1 at the first world that fails, and prints its trace.

  --seed N         the first world (1)
  --worlds N       how many (10000)
  --jobs N         threads (all processors)
  --trace          print the world's trace (one world)
  --find-within    end with status 0 only if a world fails: for builds with a fault in them

Example: crash_worlds --seed 1 --worlds 1000000
)";

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t worlds = 10000;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool trace = false;
  bool find_within = false;
};

std::uint64_t number(const char* name, const char* text) {
  char* end = nullptr;
  const std::uint64_t value = text == nullptr ? 0 : std::strtoull(text, &end, 10);
  if (text != nullptr && end != text && *end == '\0' && *text != '-') return value;
  std::fprintf(stderr, "%s: a number is wanted\n%s", name, kHelp);
  std::exit(2);
}

Options options_of(char** arguments) {
  Options options;
  while (const char* name = *++arguments) {
    const auto is = [&](const char* option) { return std::strcmp(name, option) == 0; };
    if (is("--seed")) {
      options.seed = number(name, *++arguments);
    } else if (is("--worlds")) {
      options.worlds = number(name, *++arguments);
    } else if (is("--jobs")) {
      options.jobs = std::max(1, static_cast<int>(number(name, *++arguments)));
    } else if (is("--trace")) {
      options.trace = true;
    } else if (is("--find-within")) {
      options.find_within = true;
    } else {
      const bool help = is("--help");
      std::fprintf(help ? stdout : stderr, "%s", kHelp);
      std::exit(help ? 0 : 2);
    }
  }
  if (options.trace) options.worlds = 1;
  return options;
}

// Worlds are taken in order by all threads; the first that fails ends the run.
class Run {
 public:
  explicit Run(const Options& options) : options_(options), next_(options.seed) {}

  void work() {
    Counts counts{};
    for (;;) {
      const std::uint64_t seed = next_++;
      if (seed >= options_.seed + options_.worlds || failed_) break;
      const WorldResult result = run_world(seed, false);
      for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += result.counts[i];
      ++done_;
      if (!result.wrong.empty()) fail(seed);
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < counts.size(); ++i) counts_[i] += counts[i];
  }

  std::uint64_t done() const { return done_; }
  const std::optional<std::uint64_t>& failed_seed() const { return failed_seed_; }
  const Counts& counts() const { return counts_; }

 private:
  // Of several at once the first is kept, so that a run tells the same each time.
  void fail(std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    failed_seed_ = std::min(seed, failed_seed_.value_or(seed));
  }

  const Options options_;
  std::atomic<std::uint64_t> next_;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<std::uint64_t> failed_seed_;
  Counts counts_{};
};

bool print_world(std::uint64_t seed) {
  const WorldResult result = run_world(seed, true);
  std::printf("world %llu\n", static_cast<unsigned long long>(seed));
  for (const std::string& line : result.trace) std::printf("  %s\n", line.c_str());
  for (const std::string& line : result.wrong) std::printf("WRONG: %s\n", line.c_str());
  return result.wrong.empty();
}

// A kind of disturbance that never came shows nothing.
bool print_summary(const Run& run) {
  bool all_came = true;
  for (std::size_t i = 0; i < run.counts().size(); ++i) {
    std::printf("%12llu %s\n", static_cast<unsigned long long>(run.counts()[i]),
                name(static_cast<Count>(i)));
    if (run.counts()[i] == 0 && i < static_cast<std::size_t>(Count::excused)) all_came = false;
  }
  return all_came;
}

void show_progress(const Run& run, const Options& options, const std::atomic<bool>& ended) {
  const auto began = std::chrono::steady_clock::now();
  for (int tick = 1; !ended; ++tick) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (tick % 50 != 0) continue;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::fprintf(
        stderr, "%llu of %llu worlds, %.0f a second\n", static_cast<unsigned long long>(run.done()),
        static_cast<unsigned long long>(options.worlds), static_cast<double>(run.done()) / seconds);
  }
}

int run_all(const Options& options) {
  constexpr std::uint64_t kAllComeWithin = 2000;  // worlds
  Run run(options);
  std::atomic<bool> ended = false;
  std::thread progress([&] { show_progress(run, options, ended); });
  std::vector<std::thread> threads;
  for (int i = 0; i < options.jobs; ++i) threads.emplace_back([&] { run.work(); });
  for (std::thread& thread : threads) thread.join();
  ended = true;
  progress.join();
  if (options.find_within) {
    if (run.failed_seed())
      std::printf("found by world %llu\n", static_cast<unsigned long long>(*run.failed_seed()));
    else
      std::printf("not found in %llu worlds\n", static_cast<unsigned long long>(run.done()));
    return run.failed_seed() ? 0 : 1;
  }
  const bool all_came = print_summary(run);
  if (run.failed_seed()) {
    print_world(*run.failed_seed());
    std::printf("world %llu fails: crash_worlds --seed %llu --trace\n",
                static_cast<unsigned long long>(*run.failed_seed()),
                static_cast<unsigned long long>(*run.failed_seed()));
    return 1;
  }
  if (!all_came && options.worlds >= kAllComeWithin) {
    std::printf("a kind of disturbance has not come in %llu worlds\n",
                static_cast<unsigned long long>(options.worlds));
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace faultprint::crash

int main(int, char** arguments) {
  using namespace faultprint::crash;
  const Options options = options_of(arguments);
  // Each process of a world takes and gives back its memory: the system need not know. And of the
  // elements' memory a page or two is used: zeroing huge ones would take most of a world's time.
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  if (!options.trace) return run_all(options);
  return print_world(options.seed) ? 0 : 1;
}
