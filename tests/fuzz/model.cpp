// The model file: as it is, and with a header whose length and the tensors' places fit, without
// which no change of length would get past them.
#include <cstring>

#include "daemon/loaded_model.h"
#include "daemon/pipeline.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"
#include "tests/unit/file_bytes.h"
#include "tests/unit/hand_made_model.h"

namespace faultprint::fuzz {
namespace {

// A header's end by its brackets; nothing where they do not close.
std::size_t header_end(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
      if (depth == 0) return at + 1;
    }
  }
  return 0;
}

std::string with_fitting_length(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) return std::string(bytes);
  std::memcpy(&length, bytes.data(), sizeof length);
  const std::string_view rest = bytes.substr(sizeof length);
  std::uint64_t end = header_end(rest);
  if (end == 0 || (length < rest.size() && end <= length && length < end + 8))
    return std::string(bytes);
  while (end < rest.size() && rest[end] == ' ') ++end;
  std::string fitting(bytes);
  std::memcpy(fitting.data(), &end, sizeof end);
  return fitting;
}

// What the model does to some windows must not depend on luck.
void use(const daemon::ModelPointer& model, const config::Config& config) {
  daemon::Pipeline pipeline(model, config, test::store_options());
  daemon::Scorer scorer;
  std::vector<daemon::AlarmEvent> events;
  for (int slot = 0; slot < 10; ++slot)
    pipeline.add(test::sample("leaf1", slot, {slot > 7 ? 9.0 : 0.5 * (slot % 2), 0.1}), 0);
  for (const daemon::Verdict& verdict : pipeline.process(scorer, events))
    to_json_line(verdict, pipeline.store(), *model);
  pipeline.finish_batch();
}

void load(const std::string& bytes) {
  const MemoryFile file(bytes);
  model::Model model;
  try {
    const model::Safetensors tensors = model::from_bytes(bytes, file.path());
    const std::string written = model::to_bytes(tensors);
    require(model::to_bytes(model::from_bytes(written, "again")) == written,
            "what is written is read as it was");
    model = model::load_model(file.path());
  } catch (const model::ModelError& error) {
    return require_message(error.what(), file.path());
  }
  static const test::Folder folder;
  model::save_model(model, folder.file("m"));
  require(model::load_model(folder.file("m")).fingerprint == model.fingerprint,
          "a model that is saved is loaded as it was");
  static const config::Config config = test::hand_made_config();
  try {
    use(daemon::load_model(file.path(), config), config);
  } catch (const model::ModelError& error) {
    require_message(error.what(), file.path());
  } catch (const config::ConfigError&) {  // it was trained with another one
  }
}

}  // namespace

void fuzz_model(std::string_view input) {
  const std::string bytes(input);
  load(bytes);
  const std::string fitting = with_fitting_length(input);
  if (fitting != bytes) load(fitting);
}

}  // namespace faultprint::fuzz
