#include "daemon/training_history.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "daemon/verdict.h"

namespace faultprint::daemon {
namespace {

// What was not measured is null in the file, and -1 in a report.
nlohmann::ordered_json measured(double value) {
  return value < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(rounded(value));
}

double measured(const nlohmann::json& epoch, const char* key) {
  const auto& value = epoch.at(key);
  return value.is_null() ? -1 : value.get<double>();
}

}  // namespace

std::string history_to_json(const std::vector<model::EpochReport>& epochs) {
  auto list = nlohmann::ordered_json::array();
  for (const model::EpochReport& r : epochs)
    list.push_back({{"run", r.run},
                    {"epoch", r.epoch},
                    {"loss", rounded(r.loss)},
                    {"d_p", rounded(r.mean_positive)},
                    {"d_n", rounded(r.mean_negative)},
                    {"active", rounded(r.active)},
                    {"effective_rank", measured(r.effective_rank)},
                    {"saturated", measured(r.saturated)},
                    {"validation_f1", measured(r.validation_f1)},
                    {"novel_auroc", measured(r.novel_auroc)},
                    {"made_up_auroc", measured(r.made_up_auroc)},
                    {"made_up_named", measured(r.made_up_named)}});
  return list.dump();
}

std::vector<model::EpochReport> training_history(const model::Model& model) {
  std::vector<model::EpochReport> epochs;
  const auto found = model.metadata.find(kTrainingHistory);
  if (found == model.metadata.end()) return epochs;
  try {
    for (const auto& epoch : nlohmann::json::parse(found->second)) {
      model::EpochReport r;
      epoch.at("run").get_to(r.run);
      epoch.at("epoch").get_to(r.epoch);
      epoch.at("loss").get_to(r.loss);
      epoch.at("d_p").get_to(r.mean_positive);
      epoch.at("d_n").get_to(r.mean_negative);
      epoch.at("active").get_to(r.active);
      r.validation_f1 = measured(epoch, "validation_f1");
      r.novel_auroc = measured(epoch, "novel_auroc");
      for (const auto& [key, value] : {std::pair{"effective_rank", &r.effective_rank},
                                       {"saturated", &r.saturated},
                                       {"made_up_auroc", &r.made_up_auroc},
                                       {"made_up_named", &r.made_up_named}})
        if (epoch.contains(key)) *value = measured(epoch, key);  // none in files of older versions
      epochs.push_back(r);
    }
  } catch (const nlohmann::json::exception& e) {
    throw std::runtime_error("the model's " + std::string(kTrainingHistory) +
                             " cannot be read: " + e.what());
  }
  return epochs;
}

}  // namespace faultprint::daemon
