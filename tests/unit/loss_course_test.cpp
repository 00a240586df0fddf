#include "daemon/report/loss_course.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "training_data.h"

namespace faultprint::daemon::report {
namespace loss_course_test {

model::TrainOptions quick(model::LossKind loss) {
  model::TrainOptions options;
  options.encoder.window = 4;
  options.encoder.kpis = 2;
  options.encoder.hidden = {16};
  options.encoder.embedding = 8;
  options.epochs = 8;
  options.steps_per_epoch = 15;
  options.windows_per_batch = 48;
  options.learning_rate = 5e-3;
  options.loss.kind = loss;
  return options;
}

TEST_CASE("a course follows the same windows, those kept out of training marked") {
  const auto data = test::training_data({});
  const auto options = quick(model::LossKind::triplet);
  const CourseSample sample = course_sample(data, options, 90);
  CHECK(sample.shown.size() == 90);
  const std::set<std::size_t> teaches(sample.training.begin(), sample.training.end());
  for (std::size_t i = 0; i < sample.shown.size(); ++i)
    CHECK(sample.kept_out[i] != (teaches.count(sample.shown[i]) == 1));
  CHECK(std::count(sample.kept_out.begin(), sample.kept_out.end(), true) > 5);
  CHECK(course_sample(data, options, 90).shown == sample.shown);
}

TEST_CASE("each epoch has a loss, positions and spread, and the first stands before training") {
  const auto data = test::training_data({});
  const auto options = quick(model::LossKind::lossless_ln);
  const CourseSample sample = course_sample(data, options, 90);
  std::vector<int> told;
  const LossCourse course =
      follow_loss(data, options, sample, [&](int epoch) { told.push_back(epoch); });
  CHECK(told == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  REQUIRE(course.epochs.size() == 9);
  CHECK_FALSE(course.epochs.front().loss);
  for (const CourseEpoch& epoch : course.epochs) {
    CHECK(epoch.positions.rows() == 90);
    CHECK(epoch.positions.cols() == 3);
    CHECK(epoch.learned);
    CHECK(epoch.kept_out);
  }
  CHECK(*course.epochs[8].loss < *course.epochs[1].loss);
  CHECK(*course.epochs[8].learned->ratio() > 2 * *course.epochs[0].learned->ratio());
  CHECK(course.width == 8);
}

TEST_CASE("looking at every epoch does not change the training") {
  const auto data = test::training_data({});
  const auto options = quick(model::LossKind::triplet);
  CourseSample sample = course_sample(data, options, 90);
  const LossCourse some = follow_loss(data, options, sample, [](int) {});
  sample.shown.resize(9);
  sample.kept_out.resize(9);
  const LossCourse fewer = follow_loss(data, options, sample, [](int) {});
  for (std::size_t i = 1; i < some.epochs.size(); ++i)
    CHECK(some.epochs[i].loss == fewer.epochs[i].loss);
  CHECK(some.epochs.back().active < 0.2);  // the hinge is nearly done
}

}  // namespace loss_course_test
}  // namespace faultprint::daemon::report
