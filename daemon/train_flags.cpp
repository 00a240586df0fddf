#include <algorithm>
#include <stdexcept>
#include <thread>

#include "config/scalar.h"
#include "daemon/train_options.h"

namespace faultprint::daemon {
namespace {

struct Binding {
  const char* option;
  const char* to;
  std::vector<std::string> names;
};
// Options that only these have a use for.
const Binding kBindings[] = {
    {"--beta", "--loss", {"lossless-ln", "lossless-linear"}},
    {"--loss-dimension", "--loss", {"lossless-ln", "lossless-linear"}},
    {"--reach", "--loss", {"lossless-ln"}},
    {"--slack", "--loss", {"lossless-ln"}},
    {"--rest", "--loss", {"lossless-ln", "lossless-linear"}},
    {"--pull", "--loss", {"lossless-ln"}},
    {"--epsilon", "--loss", {"lossless-ln"}},
    {"--alpha", "--loss", {"triplet"}},
    {"--mining", "--loss", {"triplet"}},
    {"--margin", "--loss", {"contrastive", "contrastive-l1"}},
    {"--hidden", "--encoder", {"dense", "universal"}},
    {"--channels", "--encoder", {"conv"}},
    {"--no-summaries", "--encoder", {"dense"}},
    {"--recurrent-dropout", "--encoder", {"bilstm"}},
};

// Nothing but made-up faults teaches: there is no label, or the encoder takes none.
bool made_up_alone(const TrainRequest& request) {
  return (request.files.incidents.empty() && request.pairs.empty()) ||
         request.encoder == "universal";
}

bool given(const CLI::Option* option) { return option != nullptr && option->count() > 0; }

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " or ") + name;
  return text;
}

// An option that would change nothing is a mistake.
void check_bound(const TrainFlags& o, const std::vector<std::string>& losses,
                 const std::string& encoder) {
  for (const BoundOption& bound : o.bound) {
    if (!given(bound.option)) continue;
    const std::string to = bound.to;
    const std::vector<std::string> chosen =
        to == "--loss" ? losses : std::vector<std::string>{encoder};
    const bool used = std::any_of(chosen.begin(), chosen.end(), [&](const std::string& name) {
      return std::find(bound.names.begin(), bound.names.end(), name) != bound.names.end();
    });
    if (!used)
      throw std::invalid_argument(bound.option->get_name() + " is for " + to + " " +
                                  listed(bound.names) + ", not " + listed(chosen));
  }
}

void check_curriculum(const TrainFlags& o) {
  const model::CurriculumOptions& faults = o.request.options.curriculum;
  if (faults.least_size > faults.greatest_size)
    throw std::invalid_argument(
        "--least-size must not be above --greatest-size: made-up faults of " +
        config::format_decimal(faults.least_size) + " to " +
        config::format_decimal(faults.greatest_size) + " deviations cannot be");
  const bool some = faults.signatures > 0 || o.signature_share > 0;
  if (o.published && some)
    throw std::invalid_argument(
        "--published learns from no made-up faults: leave --signatures out");
  if (some || made_up_alone(o.request)) return;
  for (const CLI::Option* option : o.made_up)
    if (given(option))
      throw std::invalid_argument(option->get_name() +
                                  " is for made-up faults, and there are none: give --signatures");
}

void complete_curriculum(TrainFlags& o) {
  model::CurriculumOptions& faults = o.request.options.curriculum;
  const auto& names = model::signature_shape_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::find(o.families.begin(), o.families.end(), names[i]) == o.families.end())
      faults.shapes[i] = 0;
  if (o.signature_share <= 0) return;
  const double beside = made_up_alone(o.request) ? model::CurriculumOptions::kNormalBeside
                                                 : o.request.options.windows_per_batch;
  const double windows = o.signature_share / (1 - o.signature_share) * beside;
  faults.signatures = std::max(1, static_cast<int>(windows / faults.windows_per_signature + 0.5));
}

void check_together(const TrainFlags& o, const std::vector<std::string>& losses) {
  const TrainRequest& request = o.request;
  const bool unlabelled = request.files.incidents.empty() && request.pairs.empty();
  const std::string usual = unlabelled ? "universal" : "dense";
  const std::string& encoder = request.encoder.empty() ? usual : request.encoder;
  check_bound(o, losses, encoder);
  check_curriculum(o);
  if (given(o.least_epochs) && given(o.epochs) &&
      request.options.least_epochs > request.options.epochs)
    throw std::invalid_argument("--least-epochs must not be above --epochs, " +
                                std::to_string(request.options.epochs));
}

}  // namespace

void bind_options(CLI::App& command, TrainFlags& flags) {
  for (const Binding& b : kBindings)
    flags.bound.push_back({command.get_option(b.option), b.to, b.names});
  flags.pure_share = command.get_option("--pure-share");
  flags.epochs = command.get_option("--epochs");
  flags.least_epochs = command.get_option("--least-epochs");
}

void complete(TrainFlags& o, const std::vector<std::string>& losses) {
  check_together(o, losses.empty() ? std::vector<std::string>{o.loss} : losses);
  model::TrainOptions& options = o.request.options;
  complete_curriculum(o);
  options.loss.kind = model::loss_kind(o.loss);
  const std::vector<std::string>& minings = model::mining_names();
  options.loss.mining = static_cast<model::Mining>(
      std::find(minings.begin(), minings.end(), o.mining) - minings.begin());
  options.encoder.output = model::encoder_output(o.output);
  options.encoder.summaries = !o.no_summaries;
  if (o.straddling == "left-out") {
    options.straddling = model::Straddling::left_out;
    if (!given(o.pure_share)) o.request.pure_share = 1;
  }
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  options.network.threads = o.threads > 0 ? o.threads : static_cast<int>(processors);
  if (o.optimiser == "rmsprop") {
    options.optimiser.kind = model::OptimiserKind::rmsprop;
    options.optimiser.beta2 = 0.9;
  }
  if (o.published) {
    options.network.normalise_logits = false;
    options.curriculum.signatures = 0;
  }
}

}  // namespace faultprint::daemon
