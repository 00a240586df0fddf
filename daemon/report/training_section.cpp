#include <map>
#include <nlohmann/json.hpp>

#include "daemon/report/sections.h"
#include "daemon/training_history.h"

namespace faultprint::daemon::report {
namespace {

Json curve_or_null(const std::vector<model::EpochReport>& epochs,
                   double model::EpochReport::*value) {
  Json curve = Json::array();
  bool any = false;
  for (const model::EpochReport& r : epochs) {
    any = any || r.*value >= 0;
    curve.push_back(r.*value >= 0 ? number(r.*value) : Json());
  }
  return any ? curve : Json();
}

}  // namespace

Json training_section(const LoadedModel& model) {
  std::map<int, std::vector<model::EpochReport>> runs;
  for (const model::EpochReport& r : training_history(model.model)) runs[r.run].push_back(r);
  if (runs.empty()) return nullptr;
  Json list = Json::array();
  for (const auto& [run, epochs] : runs) {
    Json losses = Json::array();  // some losses can be below 0
    for (const model::EpochReport& r : epochs) losses.push_back(number(r.loss));
    list.push_back({{"run", run},
                    {"loss", losses},
                    {"d_p", curve_or_null(epochs, &model::EpochReport::mean_positive)},
                    {"d_n", curve_or_null(epochs, &model::EpochReport::mean_negative)},
                    {"active", curve_or_null(epochs, &model::EpochReport::active)},
                    {"effective_rank", curve_or_null(epochs, &model::EpochReport::effective_rank)},
                    {"saturated", curve_or_null(epochs, &model::EpochReport::saturated)},
                    {"made_up_auroc", curve_or_null(epochs, &model::EpochReport::made_up_auroc)},
                    {"made_up_named", curve_or_null(epochs, &model::EpochReport::made_up_named)},
                    {"validation_f1", curve_or_null(epochs, &model::EpochReport::validation_f1)},
                    {"novel_auroc", curve_or_null(epochs, &model::EpochReport::novel_auroc)}});
  }
  return {{"runs", list}};
}

}  // namespace faultprint::daemon::report
