#!/usr/bin/env python3
"""A webhook as a process, for a machine that has no other: appends what Alertmanager sends to a file, a
line a message, with the path it was sent to. webhook.py PORT FILE"""
import http.server
import json
import sys

PORT, FILE = int(sys.argv[1]), sys.argv[2]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(FILE, "a") as file:
            file.write(json.dumps({"to": self.path.strip("/"), **message}) + "\n")
        self.send_response(200)
        self.end_headers()


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
