#!/usr/bin/env bash
# Makes dashboard.schema.json of dashboard.ts and of Grafana's types, of the versions named here.
# Needs Node.js with npm, and python3; the tests need neither: they read what this has made.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
grafana=11.6.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$here/dashboard.ts" .
cat >tsconfig.json <<'END'
{"compilerOptions": {"module": "esnext", "moduleResolution": "bundler", "target": "es2022", "strict": true,
                     "skipLibCheck": true, "types": []}}
END
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts "@grafana/schema@$grafana" \
  ts-json-schema-generator@2.4.0 >/dev/null
node node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js --path dashboard.ts \
  --type Root --tsconfig tsconfig.json --no-type-check --out root.json
python3 - "$grafana" >"$here/dashboard.schema.json" <<'END'
import json
import sys


def bare(node):
    """Without what only people read: most of it."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    prose = ("description", "deprecated", "default")
    return {key: bare(value) for key, value in node.items()
            if key not in prose or isinstance(value, dict)}


schema = json.load(open("root.json"))
schema["$comment"] = f"Made by make.sh of @grafana/schema {sys.argv[1]} (Apache-2.0)"
print(json.dumps(bare(schema), separators=(",", ":")).replace(',"', ',\n"'))
END
