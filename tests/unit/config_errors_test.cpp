// One bad file per rule in tests/data/config, named for its fault: a new rule costs a file and a
// line.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"

namespace faultprint::config {
namespace config_errors_test {

const std::string kFolder = std::string(FAULTPRINT_TEST_DATA) + "/config/";

struct BadFile {
  std::string name;     // without .yaml
  std::string message;  // after "<file>:"
};

const std::vector<BadFile> kBadFiles{
    {"baseline_slow_below_fast",
     "6: stream.baseline.slow: must not be shorter than fast, 120 slots, as 60 slots are"},
    {"brokers_has_an_empty_entry",
     "6: kafka.brokers: must be host:port, several with commas between, with ports from 1 to "
     "65535, not one that is empty"},
    {"brokers_is_a_url",
     "6: kafka.brokers: must be host:port, several with commas between, with ports from 1 to "
     "65535, not http://x:9092"},
    {"brokers_port_is_a_word",
     "6: kafka.brokers: must be host:port, several with commas between, with ports from 1 to "
     "65535, not 127.0.0.1:abc"},
    {"brokers_port_zero",
     "6: kafka.brokers: must be host:port, several with commas between, with ports from 1 to "
     "65535, not k2:0"},
    {"output_topic_is_a_pattern",
     "6: output.alarms_topic: must be 1 to 249 letters, digits, dots, _ and - (not . or ..), not "
     "^alarms"},
    {"ratio_of_one_field",
     "6: stream.kpis[1].denominator: must be another field than numerator, not ok too: the ratio "
     "would always be 1"},
    {"topic_has_a_blank",
     "6: kafka.topics[0]: must be 1 to 249 letters, digits, dots, _ and - (not . or ..), or a "
     "pattern that begins with ^, not a b"},
    {"topic_is_two_dots",
     "6: kafka.topics[0]: must be 1 to 249 letters, digits, dots, _ and - (not . or ..), or a "
     "pattern that begins with ^, not .."},
    {"topic_too_long",
     "6: kafka.topics[1]: must be 1 to 249 letters, digits, dots, _ and - (not . or ..), or a "
     "pattern that begins with ^, not "
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."},
    {"alarms_file_is_a_mapping", "6: output.alarms_file: must be text, not a mapping"},
    {"baseline_fast_below_period",
     "6: stream.baseline.fast: must be a number of slots from 1 to 1000000000, or a duration of as "
     "many periods of 5s, not 1s"},
    {"baseline_fast_nan",
     "6: stream.baseline.fast: must be a number of slots from 1 to 1000000000, or a duration of as "
     "many periods of 5s, not .nan"},
    {"baseline_profile_of_a_day",
     "6: stream.baseline.profile: needs a stream.period of at most 6h, not 12h"},
    {"baseline_profile_unknown",
     "6: stream.baseline.profile: must be none, daily or weekly, not hourly"},
    {"baseline_slow_infinite",
     "6: stream.baseline.slow: must be a number of slots from 1 to 1000000000, or a duration of as "
     "many periods of 5s, not .inf"},
    {"baseline_start_too_large",
     "6: stream.baseline.start: must be a number of slots from 1 to 10000, or a duration of as "
     "many periods of 5s, not 10001"},
    {"baseline_start_zero",
     "6: stream.baseline.start: must be a number of slots from 1 to 10000, or a duration of as "
     "many periods of 5s, not 0"},
    {"baseline_unknown_word",
     "6: stream.baseline: must be none, or a mapping of fast, slow, start and profile, not off"},
    {"brokers_is_a_list", "6: kafka.brokers: must be text, not a list"},
    {"buckets_too_small", "5: stream.kpis[0].buckets: must be an integer from 2 to 65536, not 1"},
    {"buckets_without_tokens",
     "5: stream.kpis[0].buckets: is allowed only where kind is state or text, not counter"},
    {"inventory_label_malformed",
     "6: inventory.labels[1]: must be a label of letters, digits and _ that alarms do not have "
     "already, not the text \"a-b\""},
    {"inventory_label_taken",
     "6: inventory.labels[0]: must be a label of letters, digits and _ that alarms do not have "
     "already, not severity"},
    {"inventory_label_twice", "6: inventory.labels[1]: must be unique, site is given twice"},
    {"inventory_too_many_labels", "6: inventory.labels: at most 8 labels are allowed"},
    {"inventory_unknown_key", "6: inventory.path: unknown key, allowed are file and labels"},
    {"inventory_without_labels",
     "6: inventory.labels: is required: the columns that become labels of alarms"},
    {"maintenance_is_a_list", "6: alarms.maintenance: must be text, not a list"},
    {"control_topic_is_read",
     "6: kafka.control_topic: must not be one of kafka.topics, which are read, as ^kpi.* is"},
    {"control_topic_is_written",
     "7: output.alarms_topic: must not be kafka.control_topic, which is read"},
    {"output_topic_is_a_list", "6: output.verdicts_topic: must be text, not a list"},
    {"output_topic_is_read",
     "7: output.alarms_topic: must not be one of kafka.topics, which are read, as alarms is"},
    {"output_topic_is_state",
     "7: output.verdicts_topic: must not be state.topic, which holds snapshots alone"},
    {"output_topic_matches_a_pattern",
     "7: output.alarms_topic: must not be one of kafka.topics, which are read, as ^kpi.* is"},
    {"topic_pattern_malformed",
     "6: kafka.topics[0]: must be an extended regular expression where it begins with ^, not "
     "^kpi(: "
     "Unmatched ( or \\("},
    {"severity_rule_unknown_key",
     "6: alarms.severity_rules[0].site: unknown key, allowed are fault_type, element, after and "
     "severity"},
    {"severity_rule_unknown_word",
     "6: alarms.severity_rules[1].severity: must be critical, major, minor, warning or "
     "indeterminate, not fatal"},
    {"severity_rule_without_severity",
     "6: alarms.severity_rules[0].severity: is required: critical, major, minor, warning or "
     "indeterminate"},
    {"severity_rules_is_a_mapping", "6: alarms.severity_rules: must be a list, not a mapping"},
    {"max_age_zero",
     "6: alarms.max_age: must be a duration from 1s to 366d (a number and us, ms, s, m, h, d or "
     "w), not 0s"},
    {"flapping_count_one", "6: alarms.flapping.count: must be an integer from 2 to 64, not 1"},
    {"flapping_unknown_key",
     "6: alarms.flapping.times: unknown key, allowed are count, within and hold"},
    {"flapping_is_true",
     "6: alarms.flapping: must be none, or a mapping of count, within and hold, not true"},
    {"flapping_hold_zero",
     "6: alarms.flapping.hold: must be a duration from 1ms to 366d (a number and us, ms, s, m, h, "
     "d or w), not 0s"},
    {"folding_above_zero", "6: alarms.folding.above: must be an integer from 1 to 10000, not 0"},
    {"folding_unknown_key",
     "6: alarms.folding.more: unknown key, allowed are above, within and by"},
    {"folding_is_a_list",
     "6: alarms.folding: must be none, or a mapping of above, within and by, not a list"},
    {"folding_by_no_label", "6: alarms.folding.by: must be one of inventory.labels, not site"},
    {"silence_is_true",
     "6: alarms.silence: must be none, or a mapping of elements and topics, not true"},
    {"silence_topics_too_short",
     "6: alarms.silence.topics: must be a duration from 1s to 366d (a number and us, ms, s, m, h, "
     "d or w), not 10ms"},
    {"silence_unknown_key",
     "6: alarms.silence.after: unknown key, allowed are elements and topics"},
    {"relearn_is_a_list", "6: alarms.relearn: must be text, not a list"},
    {"clear_zero", "6: alarms.clear: must be an integer from 1 to 10000, not 0"},
    {"control_character", "2: yaml: must be UTF-8 text without control characters"},
    {"control_character_escaped",
     "5: stream.kpis[0].name: must be one line of text without control characters"},
    {"cumulative_without_ratio",
     "5: stream.kpis[0].cumulative: is allowed only where kind is ratio, not counter"},
    {"denominator_without_ratio",
     "5: stream.kpis[0].denominator: is allowed only where kind is ratio, not counter"},
    {"duplicate_key", "6: stream.window: is given twice, first in line 3"},
    {"duplicate_section", "7: log: is given twice, first in line 6"},
    {"empty", "1: configuration: is empty, at least stream is required"},
    {"factor_on_flag", "5: stream.kpis[0].factor: is not allowed where kind is flag"},
    {"factor_zero",
     "5: stream.kpis[0].factor: must be a plain decimal number above 0 and at most "
     "1000000000000000, not 0"},
    {"false_alarm_rate_exponent",
     "6: train.unknown_false_alarm_rate: must be a plain decimal number above 0 and at most 0.5, "
     "not 1e-3"},
    {"false_alarm_rate_too_large",
     "6: train.unknown_false_alarm_rate: must be a plain decimal number above 0 and at most 0.5, "
     "not 0.51"},
    {"false_alarm_rate_zero",
     "6: train.unknown_false_alarm_rate: must be a plain decimal number above 0 and at most 0.5, "
     "not 0"},
    {"forget_after_below_window",
     "6: stream.forget_after: must be at least the window, 1m, not 59s"},
    {"forget_after_default_below_window",
     "1: stream.forget_after: must be at least the window, 2d, not 1d, its default"},
    {"format_influx_with_json",
     "7: stream.json: is allowed only where format is json or json_value, not influx"},
    {"format_json_with_record",
     "6: stream.record: is allowed only where format is influx, telegraf, gnmic, csv, ves or "
     "perf3gpp, not json"},
    {"format_unknown",
     "6: stream.format: must be json, json_value, influx, telegraf, gnmic, csv, ves or perf3gpp, "
     "not xml"},
    {"from_delta_and_gauge",
     "6: stream.kpis[1].kind: needs the field x as kpis[0], a delta, does: only a delta's reports "
     "add up"},
    {"from_empty", "5: stream.kpis[0].from: must be a field's name, or a list of them, not a list"},
    {"from_pattern_has_a_field",
     "5: stream.kpis[0].from: pm.drop.* must not match pm.drop.radio, a field of kpis[1]"},
    {"from_patterns_overlap",
     "6: stream.kpis[1].from: *.in must not match what drops.* does, a field of kpis[0]"},
    {"from_pattern_of_counters",
     "5: stream.kpis[0].from: must list the fields where kind is counter, not have a pattern: of a "
     "sum of readings nobody knows which one began anew"},
    {"name_is_a_pattern",
     "5: stream.kpis[0].name: must not have a *: a pattern of fields goes into `from`"},
    {"cumulative_with_pattern",
     "5: stream.kpis[0].cumulative: is not allowed with a pattern: of a sum of readings nobody "
     "knows "
     "which one began anew"},
    {"numerator_pattern_has_a_field",
     "5: stream.kpis[0].numerator: ok.* must not match ok.x, a field of kpis[1]"},
    {"ratio_pattern_with_json_value",
     "6: stream.kpis[0].numerator: must list the fields where format is json_value, not have ok.*: "
     "a "
     "pattern adds up within a record"},
    {"from_pattern_with_json_value",
     "5: stream.kpis[0].from: must list the fields where format is json_value, not have pm.drop.*: "
     "a pattern adds up within a record"},
    {"from_repeated", "5: stream.kpis[0].from[1]: must be unique, x is given twice"},
    {"from_sum_of_states",
     "5: stream.kpis[0].from: must be one field where kind is state, not a sum"},
    {"from_with_ratio",
     "5: stream.kpis[0].from: is not allowed where kind is ratio: use numerator and denominator"},
    {"group_id_empty", "6: kafka.group_id: must be a name of 1 to 256 bytes, not of 0"},
    {"json_element_empty",
     "6: stream.json.element: must be a JSON pointer that starts with / and has ~ only as ~0 or "
     "~1, not the text \"\""},
    {"json_kpi_without_json_value",
     "6: stream.json.kpi: is allowed only where format is json_value, not json"},
    {"json_pointer_bad_escape",
     "6: stream.json.kpis: must be a JSON pointer that starts with / and has ~ only as ~0 or ~1, "
     "or \"\" for the whole record, not /a~2"},
    {"json_pointer_without_slash",
     "6: stream.json.kpis: must be a JSON pointer that starts with / and has ~ only as ~0 or ~1, "
     "or \"\" for the whole record, not kpis"},
    {"json_time_empty",
     "6: stream.json.time: must be a JSON pointer that starts with / and has ~ only as ~0 or ~1, "
     "not the text \"\""},
    {"json_time_unit_unknown",
     "6: stream.json.time_unit: must be auto, s, ms, us, ns or rfc3339, not sec"},
    {"json_value_with_kpis",
     "7: stream.json.kpis: is allowed only where format is json, not json_value"},
    {"key_is_a_list", "6: configuration: a key must be text"},
    {"kpi_is_text", "5: stream.kpis[0]: must be a mapping of keys to values, not in_kbps"},
    {"kpi_kind_unknown",
     "5: stream.kpis[0].kind: must be gauge, counter, delta, ratio, flag, state or text, not gage"},
    {"kpi_name_empty", "5: stream.kpis[0].name: must be a name of 1 to 256 bytes, not of 0"},
    {"kpi_name_is_a_boolean", "5: stream.kpis[0].name: must be text: write it in quotes, \"true\""},
    {"kpi_name_is_a_number", "5: stream.kpis[0].name: must be text: write it in quotes, \"404\""},
    {"kpi_name_repeated", "7: stream.kpis[2].name: must be unique, kpis[0] is named a already"},
    {"kpi_name_too_long", "5: stream.kpis[0].name: must be a name of 1 to 256 bytes, not of 257"},
    {"kpi_scale_log_on_flag",
     "5: stream.kpis[0].scale: log is not allowed for a flag, only linear"},
    {"kpi_scale_unknown", "5: stream.kpis[0].scale: must be linear or log, not ln"},
    {"kpi_without_name", "5: stream.kpis[0].name: is required: the KPI's name in the records"},
    {"kpis_empty", "4: stream.kpis: must be a list of 1 to 4096 KPIs, not of 0"},
    {"kpis_not_a_list", "4: stream.kpis: must be a list, not in_kbps"},
    {"lateness_beyond_forget_after",
     "6: stream.lateness: must be at most forget_after, 1h, not 2h"},
    {"lateness_without_unit",
     "6: stream.lateness: must be a duration from 0s to 3650d (a number and us, ms, s, m, h, d or "
     "w), not 10"},
    {"length_without_text",
     "5: stream.kpis[0].length: is allowed only where kind is text, not state"},
    {"listen_ipv6_without_brackets",
     "6: http.listen: must be host:port with a port from 0 to 65535, as 127.0.0.1:10480 or "
     "[::1]:10480, not the text \"::1:80\""},
    {"listen_port_too_large",
     "6: http.listen: must be host:port with a port from 0 to 65535, as 127.0.0.1:10480 or "
     "[::1]:10480, not the text \"localhost:65536\""},
    {"listen_without_host",
     "6: http.listen: must be host:port with a port from 0 to 65535, as 127.0.0.1:10480 or "
     "[::1]:10480, not the text \":80\""},
    {"listen_without_port",
     "6: http.listen: must be host:port with a port from 0 to 65535, as 127.0.0.1:10480 or "
     "[::1]:10480, not localhost"},
    {"log_format_unknown", "6: log.format: must be logfmt or json, not text"},
    {"log_level_unknown", "6: log.level: must be debug, info, warning or error, not warn"},
    {"max_elements_too_large",
     "6: stream.max_elements: must be an integer from 1 to 10000000, not 10000001"},
    {"max_elements_zero", "6: stream.max_elements: must be an integer from 1 to 10000000, not 0"},
    {"max_future_without_unit",
     "6: stream.max_future: must be a duration from 0s to 3650d (a number and us, ms, s, m, h, d "
     "or w), not 3600"},
    {"max_gap_negative", "6: stream.max_gap: must be an integer from 0 to 1000, not -1"},
    {"max_gap_too_large", "6: stream.max_gap: must be an integer from 0 to 1000, not 1001"},
    {"max_record_bytes_too_large",
     "6: stream.max_record_bytes: must be an integer from 1 to 100000000, not 100000001"},
    {"max_record_bytes_zero",
     "6: stream.max_record_bytes: must be an integer from 1 to 100000000, not 0"},
    {"merge_key", "6: stream.<<: merge keys are not supported, write the keys out"},
    {"min_attempts_exponent",
     "5: stream.kpis[0].min_attempts: must be a plain decimal number above 0 and at most "
     "1000000000000000, not 1e3"},
    {"min_attempts_without_ratio",
     "5: stream.kpis[0].min_attempts: is allowed only where kind is ratio, not delta"},
    {"min_attempts_zero",
     "5: stream.kpis[0].min_attempts: must be a plain decimal number above 0 and at most "
     "1000000000000000, not 0"},
    {"missing_kpis", "1: stream.kpis: is required: the list of KPIs, each {name: ..., kind: ...}"},
    {"missing_period", "1: stream.period: is required: the reporting period, as 5s or 15m"},
    {"missing_stream", "1: stream: is required: a mapping with period, window, kpis"},
    {"missing_window",
     "1: stream.window: is required: the number of periods in a window, from 2 to 10000"},
    {"model_file_is_a_number", "6: model.file: must be text: write it in quotes, \"7\""},
    {"nested_too_deeply", "2: yaml: is nested too deeply"},
    {"not_utf8", "2: yaml: must be UTF-8 text without control characters"},
    {"numerator_without_ratio",
     "5: stream.kpis[0].numerator: is allowed only where kind is ratio, not gauge"},
    {"only_comments", "1: configuration: is empty, at least stream is required"},
    {"period_leading_zero",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 05s"},
    {"period_negative",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not -5s"},
    {"period_overflow",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 99999999999999999999w"},
    {"period_too_long",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 2d"},
    {"optional_alone",
     "5: stream.kpis: must have one that is not optional: else nothing says when a slot is "
     "complete"},
    {"optional_not_boolean", "6: stream.kpis[1].optional: must be true or false, not sometimes"},
    {"period_unknown_unit",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 5 sec"},
    {"period_without_unit",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 5"},
    {"period_zero",
     "2: stream.period: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d or w), "
     "not 0s"},
    {"property_auto_offset_reset",
     "8: kafka.properties.auto.offset.reset: must not be set here: use kafka.start"},
    {"property_bootstrap_servers",
     "8: kafka.properties.bootstrap.servers: must not be set here: use kafka.brokers"},
    {"property_empty",
     "6: kafka.properties.debug: must be text, a number or a boolean, not an empty value"},
    {"property_enable_auto_commit",
     "8: kafka.properties.enable.auto.commit: must not be set here: faultprint stores and commits "
     "offsets itself once verdicts are out; no key changes that"},
    {"property_enable_auto_offset_store",
     "8: kafka.properties.enable.auto.offset.store: must not be set here: faultprint stores and "
     "commits offsets itself once verdicts are out; no key changes that"},
    {"property_group_id", "8: kafka.properties.group.id: must not be set here: use kafka.group_id"},
    {"property_is_a_list",
     "6: kafka.properties.debug: must be text, a number or a boolean, not a list"},
    {"property_key_empty",
     "6: kafka.properties.: a key must have 1 to 256 bytes and no control characters"},
    {"property_metadata_broker_list",
     "8: kafka.properties.metadata.broker.list: must not be set here: use kafka.brokers"},
    {"property_repeated", "6: kafka.properties.debug: is given twice, first in line 6"},
    {"false_alarms_per_day_zero",
     "6: alarms.false_alarms_per_day: must be a plain decimal number above 0 and at most 1000000, "
     "not 0"},
    {"raise_m_above_n",
     "6: alarms.raise: must be m/n with 1 <= m <= n <= 64, as 3/4, or auto, not 5/4"},
    {"raise_n_too_large",
     "6: alarms.raise: must be m/n with 1 <= m <= n <= 64, as 3/4, or auto, not 3/65"},
    {"raise_not_a_fraction",
     "6: alarms.raise: must be m/n with 1 <= m <= n <= 64, as 3/4, or auto, not 3"},
    {"raise_unknown_auto",
     "6: alarms.raise_unknown: must be m/n with 1 <= m <= n <= 64, as 3/4, not auto"},
    {"raise_zero", "6: alarms.raise: must be m/n with 1 <= m <= n <= 64, as 3/4, or auto, not 0/4"},
    {"ratio_without_denominator",
     "5: stream.kpis[0].denominator: is required: the field a ratio divides by"},
    {"ratio_without_numerator",
     "5: stream.kpis[0].numerator: is required: the field a ratio divides"},
    {"record_columns_repeated", "7: stream.record.columns[3]: must be unique, a is given twice"},
    {"record_columns_without_csv",
     "7: stream.record.columns: is allowed only where format is csv, not influx"},
    {"record_columns_without_element",
     "7: stream.record.element: must name one of columns, not cell"},
    {"record_columns_without_time", "7: stream.record.time: must name one of columns, not time"},
    {"record_element_not_a_template",
     "7: stream.record.element: must be a name with labels of the record in braces, as "
     "{source}/{interface_name}, not source"},
    {"record_element_of_field",
     "7: stream.record.element: must not have {field}: an element has many"},
    {"record_kpi_open_brace",
     "7: stream.record.kpi: must be a name with labels of the record in braces, as "
     "{source}/{interface_name}, not the text \"{field\""},
    {"record_kpi_with_csv", "7: stream.record.kpi: is not allowed where format is csv"},
    {"record_separator_too_long",
     "7: stream.record.separator: must be one character other than a quote, or tab, not the text "
     "\"||\""},
    {"record_unknown_key",
     "7: stream.record.elements: unknown key, allowed are element, kpi, time_unit, time, columns "
     "and separator"},
    {"reload_is_quoted", "6: http.reload: must be true or false, not the text \"true\""},
    {"reload_is_yes", "6: http.reload: must be true or false, not yes"},
    {"root_is_a_list", "1: configuration: must be a mapping of keys to values, not a list"},
    {"section_is_a_scalar", "6: http: must be a mapping of keys to values, not 10480"},
    {"section_is_empty", "6: model: must be a mapping of keys to values, not an empty value"},
    {"several_documents",
     "6: yaml: stray text or a second document starts here, only one is allowed"},
    {"priors_above_one", "6: alarms.priors: must add up to at most 1, not to 1.01"},
    {"prior_of_zero",
     "6: alarms.priors.port_flap: must be a plain decimal number above 0 and at most 1, not 0"},
    {"probable_cause_is_empty",
     "6: alarms.probable_cause.port_flap: must be a name of 1 to 256 bytes, not of 0"},
    {"severity_default_unknown",
     "6: alarms.severity.default: must be critical, major, minor, warning or indeterminate, not "
     "cleared"},
    {"severity_is_text", "6: alarms.severity: must be a mapping of keys to values, not major"},
    {"severity_unknown",
     "6: alarms.severity.port_flap: must be critical, major, minor, warning or indeterminate, not "
     "fatal"},
    {"snapshot_every_zero",
     "6: state.snapshot_every: must be a duration from 1ms to 1d (a number and us, ms, s, m, h, d "
     "or w), not 0s"},
    {"stale_after_below_period",
     "6: stream.stale_after: must be a number of slots from 1 to 1000000, or a duration of as many "
     "periods of 5s, not 4s"},
    {"stale_after_fraction",
     "6: stream.stale_after: must be a whole number of slots, or a duration, not 2.5"},
    {"stale_after_zero",
     "6: stream.stale_after: must be a number of slots from 1 to 1000000, or a duration of as many "
     "periods of 5s, not 0"},
    {"stamp_unknown", "5: stream.stamp: must be start or end, not middle"},
    {"start_unknown", "6: kafka.start: must be earliest or latest, not beginning"},
    {"state_directory_is_a_list", "6: state.directory: must be text, not a list"},
    {"state_topic_is_read",
     "7: state.topic: must not be one of kafka.topics, which are read, as state is"},
    {"state_is_a_ratios_part",
     "6: stream.kpis[1].name: needs the field att as kpis[0] does: a token must be a field of its "
     "own"},
    {"state_with_scale",
     "5: stream.kpis[0].scale: is not allowed where kind is state: tokens have no scale"},
    {"stray_comma", "1: yaml: stray text or a second document starts here, only one is allowed"},
    {"syntax_error", "2: yaml: end of map flow not found"},
    {"tab_before_a_key", "3: yaml: is indented by a tab: YAML takes blanks alone"},
    {"tab_before_a_list", "5: yaml: is indented by a tab: YAML takes blanks alone"},
    {"tab_before_the_first_key", "2: yaml: is indented by a tab: YAML takes blanks alone"},
    {"tagged_value", "3: stream.window: has the tag tag:yaml.org,2002:int, tags are not allowed"},
    {"text_too_long", "5: stream.kpis[0].length: must be an integer from 1 to 64, not 65"},
    {"text_without_length",
     "5: stream.kpis[0].length: is required: how many of its tokens are read, from 1 to 64"},
    {"text_without_tokens",
     "5: stream.kpis[0].tokens: is required: what a text is split into, characters or words"},
    {"texts_too_many_columns",
     "4: stream.kpis: must have at most 4096 columns with those of its texts, not 4160"},
    {"timezone_beyond_a_day",
     "5: stream.timezone: must be UTC, hours and minutes east of it as +02:00, or a zone of "
     "/usr/share/zoneinfo as Europe/Berlin, not the text \"+24:00\""},
    {"timezone_unknown",
     "5: stream.timezone: must be UTC, hours and minutes east of it as +02:00, or a zone of "
     "/usr/share/zoneinfo as Europe/Berlin, not Europe/Berlim"},
    {"tokens_unknown", "5: stream.kpis[0].tokens: must be characters or words, not letters"},
    {"tokens_without_text",
     "5: stream.kpis[0].tokens: is allowed only where kind is text, not gauge"},
    {"topic_empty", "6: kafka.topics[0]: must be a name of 1 to 256 bytes, not of 0"},
    {"topic_from_another_matches", "8: kafka.topics[0].from.a: must not be b.x, which b.* matches"},
    {"topic_from_is_a_pattern",
     "8: kafka.topics[0].from.a: must be one field's name for another, not a pattern"},
    {"topic_from_of_a_pattern",
     "8: kafka.topics[0].from.b.*: must be one field's name for another, not a pattern"},
    {"topic_from_of_no_field", "8: kafka.topics[0].from.c: is no field of stream.kpis"},
    {"topic_from_read_already",
     "8: kafka.topics[0].from.a: must not be y, which another KPI reads"},
    {"topic_from_twice", "8: kafka.topics[0].from.y: must be unique, x is given twice"},
    {"topic_json_value_with_pattern",
     "7: kafka.topics[0].format: json_value has one value a record, and the KPI a adds up what one "
     "record has"},
    {"topic_repeated", "9: kafka.topics[1]: must be unique, kpi is given twice"},
    {"topic_without_format",
     "7: kafka.topics[1].format: is required: what its records are, where not what stream.format "
     "says"},
    {"topics_is_text", "6: kafka.topics: must be a list, not kpi"},
    {"undefined_alias", "6: yaml: the referenced anchor is not defined"},
    {"unknown_key",
     "6: stream.windows: unknown key, allowed are period, window, lateness, kpis, baseline, "
     "max_gap, max_future, stale_after, forget_after, warm_up, max_elements, max_record_bytes, "
     "format, json, record, stamp and timezone"},
    {"unknown_key_in_section", "6: log.lvl: unknown key, allowed are level and format"},
    {"unknown_section",
     "1: strem: unknown key, allowed are kafka, groups, stream, model, alarms, inventory, http, "
     "state, "
     "output, log "
     "and train"},
    {"verdicts_file_empty_value", "6: output.verdicts_file: must be text, not an empty value"},
    {"verdicts_unknown", "6: output.verdicts: must be none, abnormal or all, not some"},
    {"warm_up_too_long",
     "6: stream.warm_up: must be a duration from 0s to 3650d (a number and us, ms, s, m, h, d or "
     "w), not 3651d"},
    {"web_config_file_is_a_list", "6: http.web_config_file: must be text, not a list"},
    {"window_empty", "3: stream.window: must be an integer from 2 to 10000, not an empty value"},
    {"window_fraction", "3: stream.window: must be an integer from 2 to 10000, not 12.0"},
    {"window_hexadecimal", "3: stream.window: must be an integer from 2 to 10000, not 0x0c"},
    {"window_is_a_list", "3: stream.window: must be an integer from 2 to 10000, not a list"},
    {"window_leading_zero",
     "3: stream.window: must be an integer from 2 to 10000 without leading zeros, not 010"},
    {"window_overflow",
     "3: stream.window: must be an integer from 2 to 10000, not 99999999999999999999"},
    {"window_quoted", "3: stream.window: must be an integer from 2 to 10000, not the text \"12\""},
    {"window_too_large", "3: stream.window: must be an integer from 2 to 10000, not 10001"},
    {"window_too_small", "3: stream.window: must be an integer from 2 to 10000, not 1"},
    {"workers_too_many", "6: kafka.workers: must be an integer from 1 to 64, not 65"},
    {"workers_zero", "6: kafka.workers: must be an integer from 1 to 64, not 0"},
};

const std::set<std::string> kGoodFiles{
    "minimal",       "example",           "everything",
    "baseline_none", "anchor_and_alias",  "format_csv",
    "format_gnmic",  "format_json_value", "topics_of_several_formats",
    "groups"};

// What load() says of the file, its folder stripped; empty when it accepts it.
std::string message_of(const std::string& name) {
  try {
    load(kFolder + name + ".yaml");
    return "";
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    REQUIRE(what.rfind(kFolder, 0) == 0);
    return what.substr(kFolder.size());
  }
}

TEST_CASE("each bad configuration is refused with its file, line, key and reason") {
  for (const BadFile& file : kBadFiles) {
    CAPTURE(file.name);
    const std::string expected = file.name + ".yaml:" + file.message;
    const std::string message = message_of(file.name);
    // Newer versions of the YAML library say more.
    const bool parsers_words = file.message.find(": yaml: ") != std::string::npos;
    CHECK((parsers_words ? message.substr(0, expected.size()) : message) == expected);
  }
}

TEST_CASE("good configurations are accepted") {
  for (const std::string& name : kGoodFiles) {
    CAPTURE(name);
    CHECK(message_of(name) == "");
  }
}

TEST_CASE("every configuration in the folder is listed here") {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().stem().string();
    const bool bad = std::any_of(kBadFiles.begin(), kBadFiles.end(),
                                 [&](const BadFile& file) { return file.name == name; });
    CAPTURE(name);
    CHECK((bad || kGoodFiles.contains(name)));
  }
}

}  // namespace config_errors_test
}  // namespace faultprint::config
