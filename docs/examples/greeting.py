#!/usr/bin/env python3
"""Binds {{greeting[language]}} to a greeting: a plugin for Bindery that uses Python's standard library only.

Reads one request per line from standard input and writes one line per response.
"""

import json
import sys


class Failure(Exception):
    """Error of a request; `code` is a code of the protocol."""

    def __init__(self, code, message, hint=None):
        super().__init__(message)
        self.error = {"code": code, "message": message, "hint": hint}


def greet(language):
    if language == "en":
        return "hello"
    raise Failure("not-found", f"no greeting in `{language}`", "known languages: en")


BINDERS = {"greeting": greet}


def bind_one(request):
    """Returns the answer to one ref: a value or an error."""
    try:
        binder = BINDERS.get(request["binder"])
        if binder is None:
            raise Failure("invalid", f"unknown binder `{request['binder']}`")
        return {"value": binder(request["parts"][-1])}
    except Failure as failure:
        return {"error": failure.error}


def answer(method, params):
    if method == "open":
        return {}
    if method == "bind":
        return {"answers": [bind_one(request) for request in params["requests"]]}
    raise Failure("invalid", "unknown method")


def main():
    for line in sys.stdin.buffer:
        request = json.loads(line)
        response = {"id": request["id"]}
        try:
            response["result"] = answer(request["method"], request["params"])
        except Failure as failure:
            response["error"] = failure.error
        print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
