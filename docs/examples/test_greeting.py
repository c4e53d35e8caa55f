"""Says to the plugin what a host would, and compares what it answers. Run it with `python3 test_greeting.py`."""

import json
import pathlib
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(__file__).with_name("greeting.py")


def session(*questions):
    """What the plugin answers to each question, as (method, params)."""
    lines = [
        json.dumps({"id": number, "method": method, "params": params})
        for number, (method, params) in enumerate(questions, 1)
    ]
    ran = subprocess.run(
        [sys.executable, PROGRAM], input="\n".join(lines), capture_output=True, check=True, text=True
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def request(language):
    address = f"greeting[{language}]"
    return {"address": address, "binder": "greeting", "cluster": None, "parts": ["greeting", language]}


OPEN = ("open", {"plugin": "greeting", "settings": {}, "version": 1})


class Greeting(unittest.TestCase):
    def test_refs_are_answered_in_their_order(self):
        batch = {"requests": [request("en"), request("tlh")]}
        opened, bound = session(OPEN, ("bind", batch))
        self.assertEqual(opened, {"id": 1, "result": {}})
        known, unknown = bound["result"]["answers"]
        self.assertEqual(known, {"value": "hello"})
        self.assertEqual(unknown["error"]["code"], "not-found")
        self.assertEqual(unknown["error"]["message"], "no greeting in `tlh`")

    def test_what_it_does_not_know_is_an_error(self):
        _, called, bound = session(
            OPEN,
            ("call", {"method": "unheard", "input": {}}),
            ("bind", {"requests": [dict(request("en"), binder="other")]}),
        )
        self.assertEqual(called["error"]["code"], "invalid")
        self.assertEqual(bound["result"]["answers"][0]["error"]["code"], "invalid")


if __name__ == "__main__":
    unittest.main()
