// What a worker tells the service's threads of its elements and partitions.
#include "daemon/element_view.h"
#include "daemon/worker.h"

namespace faultprint::daemon {

std::future<std::vector<std::string>> Worker::ask(const std::string& element) {
  constexpr std::size_t kMostQuestions = 64;
  const std::lock_guard lock(mutex_);
  if (finished_ || questions_.size() >= kMostQuestions)
    return std::promise<std::vector<std::string>>().get_future();
  questions_.push_back({element, {}});
  return questions_.back().answer.get_future();
}

std::vector<PartitionView> Worker::partitions() const {
  const std::lock_guard lock(mutex_);
  return views_;
}

// Between batches, when state and outputs agree.
void Worker::answer_questions() {
  std::vector<Question> questions;
  {
    const std::lock_guard lock(mutex_);
    questions.swap(questions_);
  }
  for (Question& question : questions) {
    std::vector<std::string> views;
    for (const auto& [where, partition] : partitions_)
      for (const auto& share : partition->shares) {
        std::string view = element_view(question.element, where, share->pipeline);
        if (!view.empty()) views.push_back(std::move(view));
      }
    question.answer.set_value(std::move(views));
  }
}

// Nobody will answer any more.
void Worker::drop_questions() {
  const std::lock_guard lock(mutex_);
  questions_.clear();
}

void Worker::show_partitions(std::vector<PartitionView> views) {
  const std::lock_guard lock(mutex_);
  views_ = std::move(views);
}

}  // namespace faultprint::daemon
