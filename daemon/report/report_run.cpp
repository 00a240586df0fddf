#include "daemon/report/report_run.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/report/document.h"
#include "daemon/report/page.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"

namespace faultprint::daemon::report {
namespace {

ReportSummary write_page(const std::string& path, const nlohmann::ordered_json& document) {
  const std::string html = page_html(document);
  std::ofstream out(path, std::ios::binary);
  if (!(out << html) || !out.flush()) throw std::runtime_error(path + ": cannot be written");
  return {html.size()};
}

}  // namespace

ReportSummary report_model(const config::Config& config, const ModelPointer& model,
                           const DataFiles& files, const std::string& out) {
  LabelledHistory history;
  {
    ProgressBar bar("reading");
    history = read_labelled(config, model, files, {}, [&](double share) { bar.show(share); });
  }
  std::fprintf(stderr, "records rejected: %s\n", describe(history.rejects).c_str());
  for (const std::string& warning : history.warnings) warn(warning);
  return write_page(out,
                    model_document(history, *model, alarm_rules(config.group().alarms, *model)));
}

ReportSummary report_comparison(const config::Config& config, const TrainRequest& request,
                                const std::vector<std::string>& losses, const std::string& out) {
  const auto incidents =
      ingest::Incidents::read(request.files.incidents, config.group().stream.period);
  DatasetOptions dataset_options;
  dataset_options.seed = request.options.seed;
  dataset_options.pure_share = request.pure_share;
  Dataset data;
  {
    ProgressBar bar("reading");
    data = read_dataset(config, request.files, incidents, dataset_options,
                        [&](double share) { bar.show(share); });
  }
  say_dataset(data);
  if (const auto unmatched = require_some_matched(incidents, data.times, data.rejects))
    warn(*unmatched);
  if (data.windows.classes() < 2)
    throw std::runtime_error(
        "--compare: the incidents give no window of a fault, and losses over "
        "one label have nothing to pull apart");
  model::TrainOptions options = complete_options(config, request, data);
  const CourseSample sample = course_sample(data.windows, options, kMostFollowed);
  // As `train` has it: nothing then tells when to stop.
  if (std::none_of(sample.kept_out.begin(), sample.kept_out.end(), [](bool held) { return held; }))
    options.epochs = std::min(options.epochs, options.least_epochs);
  std::vector<LossCourse> courses;
  for (const std::string& loss : losses) {
    options.loss.kind = model::loss_kind(loss);
    ProgressBar bar(loss);
    courses.push_back(follow_loss(data.windows, options, sample, [&](int epoch) {
      bar.show(static_cast<double>(epoch) / options.epochs);
    }));
  }
  return write_page(out, comparison_document(data, options, sample, courses));
}

}  // namespace faultprint::daemon::report
