#include "daemon/simulation/files.h"

#include <zlib.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "config/config.h"
#include "config/limits.h"
#include "config/scalar.h"
#include "daemon/simulation/kpis.h"
#include "daemon/simulation/labels.h"
#include "daemon/terminal.h"

namespace faultprint::daemon::simulation {
namespace {

// Lines into a file, gzipped or plain.
class TextFile {
 public:
  TextFile(std::string path, bool gzipped)
      : path_(std::move(path)), file_(gzopen(path_.c_str(), gzipped ? "wb4" : "wbT")) {
    if (file_ == nullptr) fail();
  }
  ~TextFile() {
    if (file_ != nullptr) gzclose(file_);
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& text) {
    if (gzwrite(file_, text.data(), static_cast<unsigned>(text.size())) <
        static_cast<int>(text.size()))
      fail();
  }
  void close() {
    const int status = gzclose(file_);
    file_ = nullptr;
    if (status != Z_OK) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error(path_ + ": cannot be written: " + std::strerror(errno));
  }

  std::string path_;
  gzFile file_;
};

std::string kpi_line(const config::KpiSpec& kpi) {
  std::string line = "    - {name: " + kpi.name + ", kind: " + config::name(kpi.kind);
  if (kpi.scale != config::KpiScale::linear) line += std::string(", scale: ") + name(kpi.scale);
  if (kpi.kind == config::KpiKind::ratio)
    line += ", numerator: " + kpi.numerator + ",\n       denominator: " + kpi.denominator +
            ", min_attempts: " + config::format_decimal(kpi.min_attempts);
  return line + "}\n";
}

// One part of the time: its history file and its incidents.
class Part {
 public:
  Part(const Simulation& simulation, const std::filesystem::path& folder, const std::string& name,
       bool plain, std::int64_t from, std::int64_t to)
      : history_(folder / (name + (plain ? ".csv" : ".csv.gz")), !plain),
        incidents_(folder / (name + "_incidents.csv"), false) {
    history_.write(csv_header());
    incidents_.write("element,start,end,fault_type\n");
    for (const std::string& row :
         label_rows(simulation.plan(), simulation.network(), simulation.options().period, from, to))
      incidents_.write(row + "\n");
  }

  void write(const std::string& row) { history_.write(row); }
  void close(std::vector<std::string>& files) {
    history_.close();
    incidents_.close();
    files.insert(files.end(), {history_.path(), incidents_.path()});
  }

 private:
  TextFile history_;
  TextFile incidents_;
};

}  // namespace

std::string csv_header() {
  std::string line = "time,element";
  for (const std::string& name : field_names()) line += "," + name;
  return line + "\n";
}

std::string csv_row(const HistoryRecord& record) {
  char number[32];
  // Periods are whole seconds.
  std::string line = std::to_string(record.time_us / 1'000'000) + "," + record.element;
  for (const double value : record.values) {
    line += ",";
    if (std::isnan(value)) continue;
    const auto end = std::to_chars(number, number + sizeof number, value, std::chars_format::fixed);
    line.append(number, end.ptr);
  }
  return line + "\n";
}

std::string configuration(const Options& options, const std::string& brokers,
                          const std::string& topic) {
  std::string text =
      "# A simulated network (faultprint simulate): " + std::to_string(options.elements) +
      " cells, seed " + std::to_string(options.seed) +
      ".\n# For tests, sizing and trying things out; quality is claimed on real data alone.\n"
      "kafka:\n  brokers: \"" +
      brokers + "\"\n  topics: [\"" + topic +
      "\"]\n  group_id: faultprint\n"
      "stream:\n  period: " +
      config::format_duration(options.period) + "\n  window: " + std::to_string(kWindow) +
      "\n  lateness: " + config::format_duration(2 * options.period) + "\n  kpis:\n";
  for (const config::KpiSpec& kpi : kpi_specs()) text += kpi_line(kpi);
  return text + "model: {file: model.safetensors}\nalarms: {raise: 3/4, clear: 6}\n";
}

Written write_files(const Options& options, const std::string& folder, bool plain,
                    const std::string& brokers, const std::string& topic) {
  Simulation simulation(options);
  std::filesystem::create_directories(folder);
  const std::filesystem::path path(folder);
  Written written;
  TextFile yaml(path / "faultprint.yaml", false);
  yaml.write(configuration(options, brokers, topic));
  yaml.close();
  written.files.push_back(yaml.path());
  const std::int64_t split = options.first_held_out();
  Part train(simulation, path, "train", plain, options.first_slot(), split);
  std::unique_ptr<Part> held_out;
  if (split < options.end_slot())
    held_out =
        std::make_unique<Part>(simulation, path, "heldout", plain, split, options.end_slot());
  ProgressBar bar("simulating");
  HistoryRecord record;
  for (; simulation.next(record); ++written.records) {
    const bool to_train = record.time_us < split * options.period.count();
    (to_train ? train : *held_out).write(csv_row(record));
    bar.show(simulation.progress());
  }
  train.close(written.files);
  if (held_out) held_out->close(written.files);
  bar.done(std::to_string(written.records) + " records");
  return written;
}

}  // namespace faultprint::daemon::simulation
