#include "ingest/json_decoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "ingest/tokens.h"
#include "tests/unit/decoding.h"
#include "tests/unit/stream_helpers.h"

namespace faultprint::ingest {
namespace json_decoder_test {

constexpr int kMaxBytes = 262144;
constexpr std::int64_t kTime = 1498754414000000;
const std::vector<std::string> kFields = {"a", "b", "c"};

config::JsonConfig pointers(const char* element, const char* time, const char* kpis) {
  config::JsonConfig json;
  json.element = element;
  json.time = time;
  json.kpis = kpis;
  return json;
}

// Missing values as -1, so that they can be compared.
std::vector<double> values(const KpiSample& sample) {
  std::vector<double> result = sample.values;
  for (double& value : result) value = std::isnan(value) ? -1 : value;
  return result;
}

std::string repeat(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string with_kpis(const std::string& kpis) {
  return R"({"element":"x","time":1498754414,"kpis":)" + kpis + "}";
}

struct Good {
  std::string record;
  std::vector<double> values;
  std::string element = "x";
  unsigned unknown = 0;
};

TEST_CASE("records that must be decoded") {
  const std::vector<Good> table = {
      {with_kpis(R"({"a":1,"b":2.5,"c":-3e2})"), {1, 2.5, -300}},
      {with_kpis(R"({"c":3,"a":1})"), {1, -1, 3}},
      {with_kpis(R"({"a":null,"b":true,"c":false})"), {-1, 1, 0}},
      {with_kpis(R"({"a":null})"), {-1, -1, -1}},
      {with_kpis(R"({"a":1,"a":2})"), {2, -1, -1}},
      {with_kpis(R"({"a":"bad","a":2})"), {2, -1, -1}},
      {with_kpis(R"({"a":2,"a":null})"), {-1, -1, -1}},
      {with_kpis(R"({"a":0,"b":-0.0,"c":123456789012345678901234567890})"),
       {0, 0, 123456789012345678901234567890.0}},
      {with_kpis(R"({"a":1,"z":2,"y":"text","w":[1,{"q":null}],"v":{"a":7}})"),
       {1, -1, -1},
       "x",
       4},
      {with_kpis(R"({"a":1,"z":1e999})"), {1, -1, -1}, "x", 1},
      {with_kpis(R"({"\u0061":1,"b\u0000":2})"), {1, -1, -1}, "x", 1},
      {with_kpis(R"( { "a" : 1 , "b" : 2 } )") + " \n\t", {1, 2, -1}},
      {with_kpis("{\"a\":1" + std::string(100000, ' ') + "}"), {1, -1, -1}},
      {with_kpis("{\"a\":1,\"z\":" + repeat("[", 200) + repeat("]", 200) + "}"),
       {1, -1, -1},
       "x",
       1},
      {R"({"kpis":{"a":1},"time":1498754414,"element":"x"})", {1, -1, -1}},
      {R"({"kpis":{"b":9,"q":1},"element":"x","time":1498754414,"kpis":{"a":1}})", {1, -1, -1}},
      {R"({"kpis":5,"element":7,"time":"?","element":"x","time":1498754414,"kpis":{"a":1}})",
       {1, -1, -1}},
      {R"({"\u0065lement":"x","time":1498754414,"kpis":{"a":1}})", {1, -1, -1}},
      {R"({"element":"a\"b\\c\u00e9\ud83d\ude00","time":1498754414,"kpis":{"a":1}})",
       {1, -1, -1},
       "a\"b\\c\xC3\xA9\xF0\x9F\x98\x80"},
      {R"({"element":"Zürich,1","time":1498754414,"kpis":{"a":1}})", {1, -1, -1}, "Zürich,1"},
      {R"({"element":"a\u0000b","time":1498754414,"kpis":{"a":1}})",
       {1, -1, -1},
       std::string("a\0b", 3)},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},"more":[true,"\n",{"n":-1.5e-3}]})",
       {1, -1, -1}},
      {"\xEF\xBB\xBF" + with_kpis(R"({"a":1})"), {1, -1, -1}},
      {with_kpis(R"({"a":1,"":2})"), {1, -1, -1}, "x", 1},
  };
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), kFields, kMaxBytes);
  for (const Good& good : table) {
    CAPTURE(good.record.substr(0, 200));
    KpiSample sample;
    REQUIRE(std::string(name(decoder.decode(good.record, sample))) == "none");
    CHECK(sample.element == good.element);
    CHECK(sample.time_us == kTime);
    CHECK(values(sample) == good.values);
    CHECK(sample.unknown_kpis == good.unknown);
  }
}

TEST_CASE("states and texts are read as tokens behind the numbers, and kept as text") {
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), {"a", "s", "t"}, kMaxBytes,
                      {test::state("s", 64), test::text("t", config::TokenSplit::characters, 3)});
  const auto decoded = [&](const std::string& kpis) {
    KpiSample sample;
    REQUIRE(std::string(name(decoder.decode(with_kpis(kpis), sample))) == "none");
    return values(sample);
  };
  const double up = token_of(test::state("s", 64), "UP");
  CHECK(decoded(R"({"a":1,"s":"UP","t":"ab"})") == std::vector<double>{1, up, 'a', 'b', 0});
  CHECK(decoded(R"({"t":"abcd"})") == std::vector<double>{-1, -1, 'a', 'b', 'c'});
  CHECK(decoded(R"({"s":"U\u0050","t":"\u00e9\n"})") == std::vector<double>{-1, up, 0xe9, '\n', 0});
  CHECK(decoded(R"({"s":null,"t":null})") == std::vector<double>{-1, -1, -1, -1, -1});
  CHECK(decoded(R"({"s":"","t":""})") == std::vector<double>{-1, -1, -1, -1, -1});
  CHECK(decoded(R"({"t":"abc","t":"x"})") == std::vector<double>{-1, -1, 'x', 0, 0});
  CHECK(decoded(R"({"s":3})") == decoded(R"({"s":"3.0"})"));
  CHECK(decoded(R"({"s":true})") == decoded(R"({"s":"true"})"));
  CHECK(decoded(R"({"s":true})") != decoded(R"({"s":false})"));
  KpiSample sample;
  REQUIRE(decoder.decode(with_kpis(R"({"s":3.50,"t":"q\"r"})"), sample) == RejectReason::none);
  CHECK(sample.texts == std::vector<std::string_view>{"3.50", "q\"r"});
}

TEST_CASE("a state or text of the wrong type is a bad value, and what is no JSON is none") {
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), {"a", "s", "t"}, kMaxBytes,
                      {test::state("s"), test::text("t", config::TokenSplit::words, 2)});
  KpiSample sample;
  for (const char* kpis :
       {R"({"s":[1]})", R"({"s":{"x":1}})", R"({"t":1})", R"({"t":true})", R"({"t":["x"]})",
        R"({"s":NaN})", R"({"a":"text"})", R"({"t":"ok","s":[]})"}) {
    CAPTURE(kpis);
    CHECK(decoder.decode(with_kpis(kpis), sample) == RejectReason::bad_value);
  }
  for (const char* kpis : {R"({"s":UP})", R"({"t":"open})", R"({"s":[1})", R"({"s":007})"}) {
    CAPTURE(kpis);
    CHECK(decoder.decode(with_kpis(kpis), sample) == RejectReason::not_json);
  }
  REQUIRE(decoder.decode(with_kpis(R"({"t":[],"t":"ok"})"), sample) == RejectReason::none);
  CHECK(sample.texts[1] == "ok");  // of repeated keys the last counts
}

TEST_CASE("records that must not be decoded, and why") {
  using R = RejectReason;
  const std::string ok = with_kpis(R"({"a":1})");
  const std::vector<std::pair<std::string, R>> table = {
      {"", R::empty},
      {std::string(kMaxBytes + 1, ' '), R::too_large},
      {std::string(100000, ' '), R::not_json},
      {"{", R::not_json},
      {"hello", R::not_json},
      {"null", R::not_json},
      {"\"text\"", R::not_json},
      {std::string(8, '\0'), R::not_json},
      {ok + "x", R::not_json},
      {ok + "}", R::not_json},
      {ok + ok, R::not_json},
      {ok + ",", R::not_json},
      {ok.substr(0, ok.size() - 1), R::not_json},
      {ok.substr(0, ok.size() - 2), R::not_json},
      {"[" + ok, R::not_json},
      {"{\"a\":{\"b\":1}", R::not_json},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},})", R::not_json},
      {R"({"element":"x" "time":1498754414,"kpis":{"a":1}})", R::not_json},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},"more":tru})", R::not_json},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},"more":[1,2})", R::not_json},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},"more":"\q"})", R::not_json},
      {R"({"element":"x","time":1498754414,"kpis":{"a":1},more:1})", R::not_json},
      {R"({"element":"\ud800","time":1498754414,"kpis":{"a":1}})", R::not_json},
      {R"({"element":"\udc00","time":1498754414,"kpis":{"a":1}})", R::not_json},
      {"{\"element\":\"a\nb\",\"time\":1498754414,\"kpis\":{\"a\":1}}", R::not_json},
      {R"({"element":"x","time":01498754414,"kpis":{"a":1}})", R::not_json},
      {R"({"element":"x","time":14987x,"kpis":{"a":1}})", R::not_json},
      {with_kpis(R"({"a":1,"z":01})"), R::not_json},
      {with_kpis(R"({"a":1,"z":1.})"), R::not_json},
      {with_kpis(R"({"a":1,"z":NaN})"), R::not_json},
      {with_kpis(R"({"a":01})"), R::not_json},
      {with_kpis(R"({"a":+1})"), R::not_json},
      {with_kpis(R"({"a":1 2})"), R::not_json},
      {with_kpis(R"({"a":nul})"), R::not_json},
      {with_kpis(R"({"a"})"), R::not_json},
      {with_kpis(R"({"a":})"), R::not_json},
      {with_kpis(R"({a:1})"), R::not_json},
      {with_kpis("{\"a\":" + repeat("[", 100000)), R::not_json},
      {with_kpis("{\"a\":1,\"z\":" + repeat("[", 50000) + repeat("]", 50000) + "}"), R::not_json},
      {with_kpis("{\"a\":1,\"z\":" + repeat("{\"q\":", 20000) + "1" + repeat("}", 20000) + "}"),
       R::not_json},
      {repeat("{\"kpis\":", 30000), R::not_json},
      {"{\"element\":\"\xFF\",\"time\":1498754414,\"kpis\":{\"a\":1}}", R::not_utf8},
      {"{\"element\":\"\xED\xA0\x80\",\"time\":1,\"kpis\":{\"a\":1}}", R::not_utf8},
      {"\xFF\xFE{", R::not_utf8},
      {"[" + ok + "]", R::no_element},
      {"{}", R::no_element},
      {"[]", R::no_element},
      {R"({"time":1498754414,"kpis":{"a":1}})", R::no_element},
      {R"({"element":"","time":1498754414,"kpis":{"a":1}})", R::no_element},
      {R"({"element":17,"time":1498754414,"kpis":{"a":1}})", R::no_element},
      {R"({"element":null,"time":1498754414,"kpis":{"a":1}})", R::no_element},
      {R"({"element":["x"],"time":1498754414,"kpis":{"a":1}})", R::no_element},
      {R"({"element":"x","element":null,"time":1498754414,"kpis":{"a":1}})", R::no_element},
      {"{\"element\":\"" + std::string(257, 'x') + "\",\"time\":1498754414,\"kpis\":{\"a\":1}}",
       R::element_too_long},
      {R"({"element":"x","kpis":{"a":1}})", R::no_time},
      {R"({"element":"x","time":null,"kpis":{"a":1}})", R::no_time},
      {R"({"element":"x","time":-1,"kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":1e30,"kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":true,"kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":{},"kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":"yesterday","kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":"1498754414","kpis":{"a":1}})", R::bad_time},
      {R"({"element":"x","time":1498754414})", R::no_kpis},
      {with_kpis("null"), R::no_kpis},
      {with_kpis("5"), R::no_kpis},
      {with_kpis(R"([{"a":1}])"), R::no_kpis},
      {with_kpis("{}"), R::no_kpis},
      {with_kpis(R"({"z":1})"), R::no_kpis},
      {with_kpis(R"({"a":"1"})"), R::bad_value},
      {with_kpis(R"({"a":{}})"), R::bad_value},
      {with_kpis(R"({"a":[1]})"), R::bad_value},
      {with_kpis(R"({"a":1e999})"), R::bad_value},
      {with_kpis(R"({"a":-1e999})"), R::bad_value},
      {with_kpis(R"({"a":NaN})"), R::bad_value},
      {with_kpis(R"({"a":Infinity})"), R::bad_value},
      {with_kpis(R"({"a":-Infinity})"), R::bad_value},
      {with_kpis(R"({"a":1,"b":"x","c":3})"), R::bad_value},
  };
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), kFields, kMaxBytes);
  KpiSample sample;
  for (const auto& [record, reason] : table) {
    CAPTURE(record.substr(0, 200));
    CHECK(std::string(name(decoder.decode(record, sample))) == name(reason));
    CHECK(decoder.decode(ok, sample) == R::none);  // a bad record leaves nothing behind
  }
}

TEST_CASE("element, time and KPIs are found wherever the pointers lead") {
  struct Case {
    config::JsonConfig json;
    std::string record;
    unsigned unknown;
  };
  const std::vector<Case> table = {
      {pointers("/element", "/time", ""), R"({"b":2,"element":"x","z":0,"time":1498754414,"a":1})",
       1},
      {pointers("/meta/name", "/meta/t", ""),
       R"({"a":1,"b":2,"meta":{"name":"x","t":1498754414,"a":9}})", 0},
      {pointers("/h/id/0", "/h/at", "/v/2/kpis"),
       R"({"v":[0,{"kpis":{"a":7}},{"kpis":{"b":2,"a":1}}],"h":{"at":1498754414,"id":["x","y"]}})",
       0},
      {pointers("/k/name", "/k/time", "/k"),
       R"({"k":{"name":"x","a":1,"time":1498754414,"b":2,"z":3},"a":9})", 1},
      {pointers("/a~1b/m~0n", "/", "/kpis"),
       R"({"a/b":{"m~n":"x"},"":1498754414,"kpis":{"a":1,"b":2}})", 0},
      {pointers("/0/element", "/0/time", "/0/kpis"),
       R"([{"element":"x","time":1498754414,"kpis":{"a":1,"b":2}}])", 0},
  };
  for (const Case& c : table) {
    CAPTURE(c.record);
    JsonDecoder decoder(c.json, kFields, kMaxBytes);
    KpiSample sample;
    for (int again = 0; again < 3; ++again) {  // what was learnt from the first changes nothing
      REQUIRE(std::string(name(decoder.decode(c.record, sample))) == "none");
      CHECK(sample.element == "x");
      CHECK(sample.time_us == kTime);
      CHECK(values(sample) == std::vector<double>{1, 2, -1});
      CHECK(sample.unknown_kpis == c.unknown);
    }
  }
}

TEST_CASE("time follows the configured unit") {
  using U = config::TimeUnit;
  const std::vector<std::tuple<U, std::string, std::int64_t>> table = {
      {U::automatic, "1498754414", kTime},
      {U::automatic, "1498754414.25", kTime + 250000},
      {U::automatic, "1498754414000", kTime},
      {U::automatic, "1498754414000000", kTime},
      {U::automatic, "1498754414000000000", kTime},
      {U::automatic, "\"2017-06-29T16:40:14Z\"", kTime},
      {U::automatic, "\"2017-06-29T16:40:14\\u005a\"", kTime},
      {U::rfc3339, "\"2017-06-29T18:40:14.5+02:00\"", kTime + 500000},
      {U::rfc3339, "1498754414", -1},
      {U::seconds, "1498754414000", -1},
      {U::milliseconds, "1498754414000", kTime},
      {U::milliseconds, "\"1498754414000\"", kTime},
      {U::milliseconds, "\"2017-06-29T16:40:14Z\"", -1},
      {U::microseconds, "1498754414000000", kTime},
      {U::nanoseconds, "1498754414000000999", kTime},
      {U::seconds, "1.498754414e9", kTime},
  };
  for (const auto& [unit, text, expected] : table) {
    CAPTURE(text);
    config::JsonConfig json = pointers("/element", "/time", "/kpis");
    json.time_unit = unit;
    JsonDecoder decoder(json, kFields, kMaxBytes);
    KpiSample sample;
    const RejectReason reason =
        decoder.decode(R"({"element":"x","kpis":{"a":1},"time":)" + text + "}", sample);
    CHECK(reason == (expected < 0 ? RejectReason::bad_time : RejectReason::none));
    if (expected >= 0) CHECK(sample.time_us == expected);
  }
}

TEST_CASE("changing key orders and omitted keys are followed") {
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), kFields, kMaxBytes);
  KpiSample sample;
  const std::vector<std::pair<std::string, std::vector<double>>> table = {
      {R"({"a":1,"z":0,"b":2,"c":3})", {1, 2, 3}},
      {R"({"b":2,"c":3})", {-1, 2, 3}},
      {R"({"a":1,"z":0,"b":2,"c":3})", {1, 2, 3}},
      {R"({"c":3,"b":2,"a":1})", {1, 2, 3}},
      {R"({"a":1})", {1, -1, -1}},
      {R"({"ab":1,"b":2})", {-1, 2, -1}},
  };
  for (const auto& [kpis, expected] : table) {
    CAPTURE(kpis);
    REQUIRE(decoder.decode(with_kpis(kpis), sample) == RejectReason::none);
    CHECK(values(sample) == expected);
  }
}

TEST_CASE("names with quotes and backslashes are matched as text, not as JSON") {
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), {"a\"b", "a\\b", "tab\t"}, kMaxBytes);
  KpiSample sample;
  for (int again = 0; again < 2; ++again) {
    REQUIRE(decoder.decode(with_kpis(R"({"a\"b":1,"a\\b":2,"a\b":7,"tab\t":3})"), sample) ==
            RejectReason::none);
    CHECK(values(sample) == std::vector<double>{1, 2, 3});
    CHECK(sample.unknown_kpis == 1);
  }
}

TEST_CASE("damaged records never crash and never leave a half-read sample as good") {
  const std::string good =
      R"({"element":"l\u00e9af","meta":[1,{"x":"y\n"}],"time":1498754414,"kpis":{"a":1.5,"zz":[2],"b":true,"c":null}})";
  std::mt19937 random(7);
  const std::string_view alphabet = "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF";
  JsonDecoder decoder(pointers("/element", "/time", "/kpis"), kFields, kMaxBytes);
  KpiSample sample;
  for (int i = 0; i < 20000; ++i) {
    const std::string record = test::damaged(good, alphabet, random);
    if (decoder.decode(record, sample) != RejectReason::none) continue;
    CHECK(sample.values.size() == kFields.size());
    CHECK_FALSE(sample.element.empty());
  }
}

}  // namespace json_decoder_test
}  // namespace faultprint::ingest
