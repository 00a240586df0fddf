# What an administrator edits of the example configuration to watch the bundled recording's routers by
# five of their KPIs: six lines (package_lifecycle.sh counts them).
s|^  brokers: "127\.0\.0\.1:9092"|  brokers: "@BROKER@"|
s|^    - {name: bgp_updates, kind: counter}|    - {name: bgp_updates_delta, kind: delta, scale: log}|
s|^    - {name: setup_success, .*|    - {name: bgp_paths, kind: gauge, scale: log}|
s|^       min_attempts: 10}|    - {name: rib_memory, kind: gauge, scale: log}|
s|^  snapshot_every: 1m|  snapshot_every: 1s|
s|^# output:$|output: {verdicts_file: /var/lib/faultprint/verdicts.jsonl, verdicts: all, alarms_file: /var/lib/faultprint/alarms.jsonl}|
