#include "daemon/report/loss_course.h"

#include <algorithm>

#include "daemon/report/sampling.h"
#include "model/projection.h"
#include "model/training_run.h"

namespace faultprint::daemon::report {
namespace {

constexpr int kCourseComponents = 3;

// Labels of the shown windows on one side; the others -1.
std::vector<int> labels_of(const model::TrainingWindows& data, const CourseSample& sample,
                           bool kept_out) {
  std::vector<int> labels;
  for (std::size_t i = 0; i < sample.shown.size(); ++i)
    labels.push_back(sample.kept_out[i] == kept_out ? data.labels[sample.shown[i]] : -1);
  return labels;
}

}  // namespace

CourseSample course_sample(const model::TrainingWindows& data, const model::TrainOptions& options,
                           std::size_t most) {
  const model::Split split = model::split_by_incident(data, options.encoder.window,
                                                      options.validation_share, options.seed);
  CourseSample sample;
  sample.training = split.training;
  std::vector<int> side(data.size(), -1);  // label where it takes part
  std::vector<bool> held(data.size(), false);
  for (const std::size_t i : split.training) side[i] = data.labels[i];
  for (const auto* rows : {&split.validation, &split.novel})
    for (const std::size_t i : *rows) {
      side[i] = data.labels[i];
      held[i] = true;
    }
  sample.shown = balanced_sample(side, most, options.seed);
  for (const std::size_t i : sample.shown) sample.kept_out.push_back(held[i]);
  return sample;
}

LossCourse follow_loss(const model::TrainingWindows& data, const model::TrainOptions& options,
                       const CourseSample& sample, const std::function<void(int epoch)>& on_epoch) {
  model::TrainingRun run(data, sample.training, options, options.seed);
  const std::vector<int> learned = labels_of(data, sample, false);
  const std::vector<int> kept_out = labels_of(data, sample, true);
  LossCourse course;
  course.kind = options.loss.kind;
  for (int epoch = 0; epoch <= options.epochs; ++epoch) {
    CourseEpoch now;
    if (epoch > 0) {
      model::EpochReport report;
      run.epoch(epoch, report);
      now.loss = report.loss;
      now.active = report.active;
    }
    now.positions = model::embed_rows(run.encoder(), data.windows, sample.shown);
    now.learned = model::measure_spread(now.positions, learned);
    now.kept_out = model::measure_spread(now.positions, kept_out);
    course.epochs.push_back(std::move(now));
    on_epoch(epoch);
  }
  const model::Matrix& last = course.epochs.back().positions;
  course.width = static_cast<int>(last.cols());
  const model::Projection picture = model::principal_components(last, kCourseComponents);
  course.explained = picture.explained;
  for (CourseEpoch& epoch : course.epochs) epoch.positions = picture.apply(epoch.positions);
  return course;
}

}  // namespace faultprint::daemon::report
