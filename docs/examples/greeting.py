#!/usr/bin/env python3
"""Binds {{greeting[language]}} to a word of welcome: a plugin for Bindery with Python's standard library alone.

Each line of the standard input is a question, and one line answers it.
"""

import json
import sys


class Failure(Exception):
    """Why there is no answer; the code is one of those of the protocol."""

    def __init__(self, code, message, hint=None):
        super().__init__(message)
        self.told = {"code": code, "message": message, "hint": hint}


def greet(language):
    if language == "en":
        return "hello"
    raise Failure("not-found", f"no greeting in `{language}`", "known languages: en")


BINDERS = {"greeting": greet}


def bind_one(request):
    """The answer to one ref: a value or an error."""
    try:
        binder = BINDERS.get(request["binder"])
        if binder is None:
            raise Failure("invalid", f"there is no binder `{request['binder']}`")
        return {"value": binder(request["parts"][-1])}
    except Failure as failure:
        return {"error": failure.told}


def answer(method, params):
    if method == "open":
        return {}
    if method == "bind":
        return {"answers": [bind_one(request) for request in params["requests"]]}
    raise Failure("invalid", "there is no such method")


def main():
    for line in sys.stdin.buffer:
        question = json.loads(line)
        reply = {"id": question["id"]}
        try:
            reply["result"] = answer(question["method"], question["params"])
        except Failure as failure:
            reply["error"] = failure.told
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
