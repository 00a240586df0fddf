#include "ingest/kafka_conf.h"

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "config/reference.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::ingest {

namespace {

using LogHook = void (*)(int, const char*);
std::atomic<LogHook> log_hook{nullptr};
constexpr std::chrono::seconds kEndTime{2};  // takes milliseconds

void on_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  log_kafka(level, std::string(facility) + ": " + text);
}

void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char error[512] = "";
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof error) !=
      RD_KAFKA_CONF_OK) {
    throw std::runtime_error("kafka.properties." + name + ": " + error);
  }
}

void set_resolved(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::string resolved;
  try {
    resolved = config::resolve(value);
  } catch (const std::exception& e) {
    throw std::runtime_error("kafka.properties." + name + ": " + e.what());
  }
  set(conf, name, resolved);
}

}  // namespace

void set_kafka_log(void (*log)(int syslog_level, const char* message)) { log_hook = log; }

void log_kafka(int syslog_level, const std::string& message) {
  if (const LogHook hook = log_hook.load()) hook(syslog_level, message.c_str());
}

KafkaConf make_conf(const config::KafkaConfig& kafka, const Properties& defaults,
                    const Properties& fixed) {
  KafkaConf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  // librdkafka's own is ten seconds: so long after a broker's restart it may not look for it.
  set(conf.get(), "reconnect.backoff.max.ms", "1000");
  for (const auto& [name, value] : defaults) set(conf.get(), name, value);
  for (const auto& [name, value] : kafka.properties) {
    const auto known = fixed.find(name);
    if (known != fixed.end() && known->second != value) {
      throw std::runtime_error("kafka.properties." + name + ": is not free; faultprint sets it");
    }
    set_resolved(conf.get(), name, value);
  }
  for (const auto& [name, value] : fixed) set(conf.get(), name, value);
  if (!kafka.brokers.empty()) set(conf.get(), "bootstrap.servers", kafka.brokers);
  return conf;
}

void KafkaDeleter::operator()(rd_kafka_t* kafka) const {
  std::promise<void> ended;
  const std::future<void> end = ended.get_future();
  try {
    std::thread([kafka, done = std::move(ended)]() mutable {
      rd_kafka_destroy(kafka);
      done.set_value();
    }).detach();
  } catch (const std::system_error&) {  // no more threads
    return rd_kafka_destroy(kafka);
  }
  if (end.wait_for(kEndTime) == std::future_status::ready) return;
  log_kafka(kSyslogWarning, "a client does not end, and is left behind");
  rd_kafka_set_log_level(kafka, 0);  // the hook may be gone before it
}

void check_properties(const config::Config& config, bool references_too) {
  const KafkaConf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : config.kafka.properties) {
    if (config::is_reference(value) && !references_too) continue;
    try {
      set_resolved(conf.get(), name, value);
    } catch (const std::exception& e) {
      const auto line = config.kafka.property_lines.find(name);
      const int number = line == config.kafka.property_lines.end() ? 1 : line->second;
      throw config::ConfigError(config.file + ":" + std::to_string(number) + ": " + e.what());
    }
  }
}

config::KafkaConfig without_group(config::KafkaConfig kafka) {
  for (const char* name : {"group.id", "group.instance.id", "enable.partition.eof",
                           "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store"}) {
    kafka.properties.erase(name);
  }
  return kafka;
}

KafkaHandle make_client(rd_kafka_type_t type, KafkaConf conf) {
  char error[512] = "";
  KafkaHandle client(rd_kafka_new(type, conf.get(), error, sizeof error));
  if (!client) throw std::runtime_error(std::string("kafka: ") + error);
  static_cast<void>(conf.release());  // the client owns it now
  return client;
}

}  // namespace faultprint::ingest
