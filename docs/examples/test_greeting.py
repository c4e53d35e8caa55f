"""Sends requests of a host to the plugin and checks the responses. Run it with `python3 test_greeting.py`."""

import json
import pathlib
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(__file__).with_name("greeting.py")


def session(*requests):
    """Returns the responses to requests, each as (method, params)."""
    lines = [
        json.dumps({"id": number, "method": method, "params": params})
        for number, (method, params) in enumerate(requests, 1)
    ]
    result = subprocess.run(
        [sys.executable, PROGRAM], input="\n".join(lines), capture_output=True, check=True, text=True
    )
    return [json.loads(line) for line in result.stdout.splitlines()]


def request(language):
    address = f"greeting[{language}]"
    return {"address": address, "binder": "greeting", "cluster": None, "parts": ["greeting", language]}


OPEN = ("open", {"plugin": "greeting", "settings": {}, "version": 1})


class Greeting(unittest.TestCase):
    def test_answers_have_the_order_of_the_refs(self):
        batch = {"requests": [request("en"), request("tlh")]}
        opened, bound = session(OPEN, ("bind", batch))
        self.assertEqual(opened, {"id": 1, "result": {}})
        known, unknown = bound["result"]["answers"]
        self.assertEqual(known, {"value": "hello"})
        self.assertEqual(unknown["error"]["code"], "not-found")
        self.assertEqual(unknown["error"]["message"], "no greeting in `tlh`")

    def test_unknown_methods_and_binders_are_errors(self):
        _, called, bound = session(
            OPEN,
            ("call", {"method": "unknown", "input": {}}),
            ("bind", {"requests": [dict(request("en"), binder="other")]}),
        )
        self.assertEqual(called["error"]["code"], "invalid")
        self.assertEqual(bound["result"]["answers"][0]["error"]["code"], "invalid")


if __name__ == "__main__":
    unittest.main()
