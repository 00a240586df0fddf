#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/embed_run.h"
#include "daemon/rejected_records.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"

namespace faultprint::daemon {
namespace {

struct EmbedOptions {
  std::string config;
  std::string group;
  std::string model;
  DataFiles files;
  std::string format;
  EmbedRequest request;
};

int embed(EmbedOptions& options) {
  EmbedRequest& request = options.request;
  request.history = options.files.history;
  if (options.format.empty() && request.out.ends_with(".npy")) options.format = "npy";
  if (options.format == "npy") request.format = EmbeddingFormat::npy;
  if (request.format == EmbeddingFormat::npy && request.out == "-")
    throw std::runtime_error("--out -: a .npy tells its size in front, so it needs a file");
  const config::Config config = one_group(config::load(options.config), options.group);
  const ModelPointer model = load_model(model_path(config, options.model), config);
  ProgressBar bar("embedding");
  const EmbedSummary summary =
      embed_history(config, *model, request, [&](double share) { bar.show(share); });
  bar.done(std::to_string(summary.rows) + " rows, records rejected: " + describe(summary.rejects));
  if (const auto rejected = reject_warning(summary.rejects)) warn(*rejected);
  if (summary.left_out > 0)
    std::fprintf(stderr, "left out   %zu elements that %s does not list\n", summary.left_out,
                 request.average.c_str());
  if (summary.rows == 0)
    warn("no window was scored" +
         (request.element.empty() ? "" : " of an element like '" + request.element + "'") +
         ": the file has no row");
  return 0;
}

}  // namespace

void add_embed(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* command =
      app.add_subcommand("embed", "the embedding of every scored window, as CSV or for NumPy");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_model_option(*command, options->model);
  add_data_options(*command, options->files, IncidentFiles::none);
  command->add_option("--out", options->request.out, "where they go; - is standard output")
      ->required()
      ->type_name("FILE");
  command->add_option("--format", options->format, "csv or npy [by the file's extension]")
      ->check(CLI::IsMember({"csv", "npy"}));
  command->add_option("--element", options->request.element, "only elements like this")
      ->type_name("GLOB");
  command
      ->add_option("--average", options->request.average,
                   "the mean over each region's elements at each slot: CSV (element,region), the "
                   "element may be a glob; or `all`: the whole network as one")
      ->type_name("REGIONS.csv|all");
  command->footer(
      "One row a window: element, time (the end of its newest slot, as verdicts have it), e0, e1,\n"
      "... A .npy holds float32, rows x values; FILE.csv beside it names its rows (element,time).\n"
      "In Python: numpy.load('vectors.npy'), pandas.read_csv('vectors.npy.csv').\n\n"
      "Examples (after that of `train`):\n"
      "  faultprint embed --config recording/faultprint.yaml --model recording/model.safetensors "
      "\\\n"
      "      --data recording/heldout.csv.gz --out vectors.npy\n"
      "  faultprint embed --config recording/faultprint.yaml --model recording/model.safetensors "
      "\\\n"
      "      --data recording/heldout.csv.gz --element 'leaf*' --out leaves.csv\n"
      "  faultprint embed --config recording/faultprint.yaml --model recording/model.safetensors "
      "\\\n"
      "      --data recording/heldout.csv.gz --average all --out network.csv");
  command->callback([options, &chosen] { chosen = [options] { return embed(*options); }; });
}

}  // namespace faultprint::daemon
