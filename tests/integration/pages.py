#!/usr/bin/env python3
"""What webhook.py was told of an element's alarm: pages.py FILE ELEMENT [text]

    firing 1 resolved 0      how many alerts, by the time they began, were told of as firing, resolved
    text: the newest one's summary and description"""
import json
import sys

began, text = {"firing": set(), "resolved": set()}, ""
for line in open(sys.argv[1]):
    for alert in json.loads(line)["alerts"]:
        if (alert["labels"]["alertname"], alert["labels"].get("element")) == ("FaultprintFaultAlarm",
                                                                           sys.argv[2]):
            began[alert["status"]].add(alert["startsAt"])
            text = "\n".join(alert["annotations"][key] for key in ("summary", "description"))
print(text if sys.argv[3:] == ["text"] else
      " ".join(f"{status} {len(times)}" for status, times in began.items()))
