#include "daemon/simulation/stream.h"

#include "daemon/simulation/kpis.h"
#include "daemon/simulation/simulation.h"
#include "daemon/terminal.h"

namespace faultprint::daemon::simulation {

std::size_t write_topic(const Options& options, const config::KafkaConfig& kafka,
                        const std::string& topic, const Pace& pace) {
  Simulation simulation(options);
  TopicWriter writer(kafka, topic, field_names(), pace);
  ProgressBar bar("producing");
  HistoryRecord record;
  std::size_t records = 0;
  for (; simulation.next(record); ++records) {
    writer.wait(record.time_us);
    writer.write(record);
    bar.show(simulation.progress(), std::to_string(records) + " records");
  }
  writer.flush();
  bar.done(std::to_string(records) + " records");
  return records;
}

}  // namespace faultprint::daemon::simulation
