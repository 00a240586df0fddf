#include <doctest/doctest.h>

#include "daemon/probe/kafka_properties.h"
#include "error_of.h"

namespace faultprint::daemon::probe {
namespace probe_kafka_properties_test {

std::string refused(const std::string& given) {
  return test::error_of([&] { parse_properties({"a=b", given}); });
}

TEST_CASE("properties are NAME=VALUE, and a value may have further signs of equality") {
  CHECK(parse_properties({"a=b", "sasl.jaas.config=x y=\"z\";", "c="}) ==
        KafkaProperties{{"a", "b"}, {"sasl.jaas.config", "x y=\"z\";"}, {"c", ""}});
}

TEST_CASE("an argument of another form is not repeated, as it may be a password") {
  for (const char* given : {"sasl.password:hunter2", "=hunter2", "hunter2"}) {
    CAPTURE(given);
    CHECK(refused(given) ==
          "--kafka-property: the 2. one given is not NAME=VALUE, as --kafka-property "
          "'sasl.password=${file:PATH}'");
  }
}

TEST_CASE("a secret that a shell has expanded to nothing is told") {
  CHECK(refused("sasl.password=").find("sasl.password is empty; a reference needs single quotes") !=
        std::string::npos);
}

TEST_CASE("secrets are written by reference: those given so as they are, others by a variable") {
  const KafkaProperties properties{{"sasl.mechanism", "PLAIN"},
                                   {"sasl.password", "${file:/run/password}"},
                                   {"ssl.key.password", "hunter2"}};
  CHECK(properties_text(properties) ==
        "    # ssl.key.password is not written here: set KAFKA_SSL_KEY_PASSWORD in the "
        "environment, or write ${file:PATH}\n"
        "    \"sasl.mechanism\": \"PLAIN\"\n"
        "    \"sasl.password\": \"${file:/run/password}\"\n"
        "    \"ssl.key.password\": \"${KAFKA_SSL_KEY_PASSWORD}\"\n");
  CHECK(secrets_to_set(properties).size() == 1);
  CHECK(secrets_to_set({{"sasl.password", "${PASSWORD}"}, {"sasl.username", "me"}}).empty());
}

}  // namespace probe_kafka_properties_test
}  // namespace faultprint::daemon::probe
