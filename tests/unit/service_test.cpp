// The whole daemon in this process, on librdkafka's mock cluster: what a reload takes, keeps and
// tells while others look on. Worth a run under ThreadSanitizer.
#include "daemon/service.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "bcrypt_hashes.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "http_client.h"
#include "ingest/kafka_mock.h"
#include "model/model_file.h"

namespace faultprint::daemon {
namespace service_test {

struct Site {
  test::Folder folder;
  ingest::KafkaMock mock;
  std::string config_file = folder.file("c.yaml");
  std::string model_file = folder.file("m.safetensors");

  Site() {
    mock.create_topic("kpi", 2);
    save();
    write();
  }

  void save(float shift = 0, bool with_test = true, double chosen_fast = 0) const {
    auto loaded = test::hand_made_model();
    loaded->input.chosen.baseline = chosen_fast > 0;
    if (chosen_fast > 0) loaded->input.baseline.fast = chosen_fast;
    model::Model& model = loaded->model;
    model.references = {model::Matrix::Ones(2, 8), {0, 1}};
    model.reference_labels = {"normal", "loss"};
    if (with_test) {
      model.self_test = model::make_self_test(model.encoder, model.references.windows);
      model.self_test->embeddings.array() += shift;
    }
    attach(model, loaded->input, {}, 0, std::nullopt);
    model::save_model(model, model_file);
  }

  void write(int clear = 3, const std::string& more = "", const std::string& topics = "[kpi]",
             const std::string& http = "", const std::string& kafka = "}") const {
    test::write_bytes(
        config_file, "kafka: {brokers: \"" + mock.brokers() + "\", topics: " + topics +
                         ", properties: {session.timeout.ms: 6000" + kafka +
                         "}\n"
                         "stream: {period: 10s, window: 4, lateness: 0s, baseline: {fast: 20, "
                         "start: 4}, kpis: [{name: a, kind: gauge}, {name: b, kind: gauge}]}\n"
                         "model: {file: m.safetensors}\n"
                         "http: {listen: \"127.0.0.1:0\"" +
                         http +
                         "}\n"
                         "alarms: {raise: 2/3, clear: " +
                         std::to_string(clear) + "}\nstate: {directory: \"" + folder.file("state") +
                         "\"}\n" + more);
  }

  std::unique_ptr<Service> start() const {
    auto service = std::make_unique<Service>(config::load(config_file), RunOverrides{});
    service->start();
    return service;
  }
};

int clear_of(Service& service) {
  const auto json = nlohmann::json::parse(service.api({"/api/v1/status", {}}).body);
  return json["alarm_rules"].is_null() ? -1 : json["alarm_rules"]["clear"].get<int>();
}

TEST_CASE("reloads are seen whole by who asks for the status meanwhile") {
  const Site site;
  const auto service = site.start();
  CHECK(clear_of(*service) == 3);
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> asking;
  for (int i = 0; i < 3; ++i)
    asking.emplace_back([&] {
      while (!over) {
        const int clear = clear_of(*service);
        if (clear < 3 || clear > 22 || service->status().rows.empty()) ++wrong;
      }
    });
  for (int clear = 4; clear <= 22; ++clear) {
    site.write(clear);
    CHECK(service->reload(this_user()) == "");
    CHECK(clear_of(*service) == clear);
    service->tend();
  }
  over = true;
  for (auto& thread : asking) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a reload refuses by name what cannot change, and keeps everything as it was") {
  const Site site;
  const auto service = site.start();
  site.write(9, "output: {verdicts: all}\n", "[kpi, other]");
  const std::string why = service->reload(this_user());
  CHECK(why ==
        site.config_file +
            ":1: kafka.topics: cannot change while running, nor can output.verdicts: restart "
            "the daemon (a reload takes alarms, inventory, log, model and "
            "http.web_config_file)");
  CHECK(clear_of(*service) == 3);
  site.write(9, "nonsense: 1\n");
  CHECK_FALSE(service->reload(this_user()).empty());
  site.write(9, "http.web_config_file: x\n");
  CHECK_FALSE(service->reload(this_user()).empty());
  CHECK(clear_of(*service) == 3);
  site.write(9);
  CHECK(service->reload(this_user()).empty());
  CHECK(clear_of(*service) == 9);
}

TEST_CASE("a model that fails its self-test is not used, at the start and at a reload") {
  const Site site;
  site.save(0.01F);
  const auto service = site.start();
  CHECK(service->status().not_ready_because.find("self-test failed") != std::string::npos);
  CHECK(clear_of(*service) == -1);
  site.save();
  CHECK(service->reload(this_user()) == "");
  CHECK(clear_of(*service) == 3);
  site.save(0.01F);
  CHECK(service->reload(this_user()).find("self-test failed") != std::string::npos);
  CHECK(service->status().not_ready_because.find("self-test") == std::string::npos);
  site.save(0, false);  // of an older version
  CHECK(service->reload(this_user()) == "");
}

TEST_CASE("a model whose input training chose is used as it says, and by a restart alone") {
  const Site site;
  site.save(0, true, 20);
  const auto service = site.start();
  CHECK(clear_of(*service) == 3);
  site.save(0, true, 40);  // the configuration says 20
  const std::string why =
      ": the model's input is another than that of the model that runs (stream.baseline.fast is "
      "40, "
      "not 20), which a reload cannot change: restart the daemon";
  CHECK(service->reload(this_user()) == site.model_file + why);
  site.save(0, true, 20);
  CHECK(service->reload(this_user()) == "");
  site.save(0, true, 40);
  CHECK(clear_of(*site.start()) == 3);
}

TEST_CASE("without a model and a broker both are named, with how to go on") {
  const Site site;
  std::filesystem::remove(site.model_file);
  const std::string brokers = site.mock.brokers();
  const std::string with_broker = test::read_bytes(site.config_file);
  std::string without = with_broker;
  without.replace(without.find(brokers), brokers.size(), "127.0.0.1:1");
  test::write_bytes(site.config_file, without);
  const std::string why = site.start()->status().not_ready_because;
  CAPTURE(why);
  CHECK(why.starts_with("model: " + site.model_file + ": "));
  CHECK(why.find("systemctl reload faultprint") != std::string::npos);
  CHECK(why.find("; kafka: no broker answers: ") != std::string::npos);

  test::write_bytes(site.config_file, with_broker);
  const auto service = site.start();
  CHECK(service->status().not_ready_because.starts_with("model: "));
  CHECK(service->status().not_ready_because.find("kafka: ") == std::string::npos);
  site.save();
  CHECK(service->reload(this_user()) == "");
  service->tend();
  CHECK(service->status().not_ready_because.find("model: ") == std::string::npos);
}

TEST_CASE("without a model a good configuration is taken, and how to read may change, too") {
  const Site site;
  std::filesystem::remove(site.model_file);
  site.write(3, "", "[other]");
  const auto service = site.start();
  const std::string why = service->reload(this_user());  // nothing but the model was asked for
  CHECK(why.starts_with(site.model_file + ": "));
  site.write(9, "train: {unknown_false_alarm_rate: 0.01}\n");  // another topic
  CHECK(service->reload(this_user()) == "");
  CHECK(service->status().not_ready_because.starts_with("model: " + site.model_file + ": "));
  site.write(9, "nonsense: 1\n");
  CHECK(service->reload(this_user()).find("nonsense") != std::string::npos);
  CHECK(service->status().not_ready_because.starts_with("model: " + site.model_file + ": "));
  site.write(9, "output: {verdicts: all}\n");
  CHECK(service->reload(this_user()).find("output.verdicts: cannot change") != std::string::npos);
  site.save();
  site.write(9);
  CHECK(service->reload(this_user()) == "");
  CHECK(clear_of(*service) == 9);
  site.write(9, "", "[other]");  // now somebody reads
  CHECK(service->reload(this_user()).find("kafka.topics: cannot change") != std::string::npos);
}

TEST_CASE("without a model another broker can be named, and is asked from then on") {
  const Site site;
  std::filesystem::remove(site.model_file);
  const std::string brokers = site.mock.brokers();
  const std::string good = test::read_bytes(site.config_file);
  std::string wrong = good;
  wrong.replace(wrong.find(brokers), brokers.size(), "127.0.0.1:1");
  test::write_bytes(site.config_file, wrong);
  const auto service = site.start();
  CHECK(service->status().not_ready_because.find("; kafka: no broker answers") !=
        std::string::npos);
  test::write_bytes(site.config_file, good);
  CHECK(service->reload(this_user()) == "");
  for (int i = 0; i < 50 && service->status().not_ready_because.find("kafka") != std::string::npos;
       ++i)
    service->tend();
  CHECK(service->status().not_ready_because.find("kafka") == std::string::npos);
}

TEST_CASE("a web configuration that cannot be used keeps the old configuration, web and all") {
  const Site site;
  const auto service = site.start();
  CHECK(test::http_ask(service->http_port(), "GET", "/metrics").status == 200);
  const std::string web = site.folder.file("web.yml");
  site.write(9, "", "[kpi]", ", web_config_file: web.yml");
  test::write_bytes(web, "basic_auth_users: {u: x}\n");
  CHECK(service->reload(this_user()).starts_with(web + ":1: basic_auth_users.u: "));
  CHECK(clear_of(*service) == 3);
  CHECK(test::http_ask(service->http_port(), "GET", "/metrics").status == 200);
  test::write_bytes(web, std::string("basic_auth_users: {u: ") + test::kSecretHash + "}\n");
  CHECK(service->reload(this_user()) == "");
  CHECK(clear_of(*service) == 9);
  CHECK(test::http_ask(service->http_port(), "GET", "/metrics").status == 401);
}

std::size_t workers_of(Service& service) {
  return nlohmann::json::parse(service.api({"/api/v1/status", {}}).body)["workers"];
}

TEST_CASE("a reload that comes while the daemon stops, or afterwards, starts no workers") {
  const Site site;
  const auto service = site.start();
  CHECK(workers_of(*service) == 1);
  std::atomic<bool> over = false;
  std::thread reloading([&] {
    while (!over) service->reload(this_user());
  });
  service->stop();
  over = true;
  reloading.join();
  site.write(9);
  CHECK(service->reload(this_user()) == "the daemon is stopping");
  CHECK(workers_of(*service) == 0);
  CHECK(clear_of(*service) < 9);
  CHECK(service->status().not_ready_because == "stopping");
}

// A file that says something to the first who reads it, and nothing to all others.
class OnceReadable {
 public:
  explicit OnceReadable(std::string path) : path_(std::move(path)) {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
    telling_ = std::thread([this] {
      for (bool first = true; !over_; first = false) {
        const int fd = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (first) CHECK(write(fd, "once", 4) == 4);
        close(fd);
      }
    });
  }
  ~OnceReadable() {
    over_ = true;
    const int fd = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    telling_.join();
    close(fd);
  }
  OnceReadable(const OnceReadable&) = delete;
  OnceReadable& operator=(const OnceReadable&) = delete;

 private:
  std::string path_;
  std::atomic<bool> over_ = false;
  std::thread telling_;
};

TEST_CASE("where one of two workers cannot start neither runs, and both do once they can") {
  const Site site;
  const std::string file = site.folder.file("rack");
  test::write_bytes(file, "rack");
  site.write(3, "", "[kpi]", "", ", client.rack: '${file:" + file + "}'}, workers: 2");
  auto config = config::load(site.config_file);
  std::filesystem::remove(file);
  Service service(std::move(config), RunOverrides{});
  {
    const OnceReadable once(file);
    service.start();
  }
  CHECK(workers_of(service) == 0);
  CHECK(service.status().not_ready_because.starts_with("workers: "));
  CHECK(service.status().not_ready_because.find(file) != std::string::npos);
  CHECK_FALSE(service.failed());
  std::filesystem::remove(file);
  test::write_bytes(file, "rack");
  CHECK(service.reload(this_user()) == "");
  CHECK(workers_of(service) == 2);
}

}  // namespace service_test
}  // namespace faultprint::daemon
