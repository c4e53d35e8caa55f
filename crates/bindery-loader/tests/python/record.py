"""Records what CPython makes of the programs beside this file, in expected.json. See README.md."""
import contextlib
import io
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def encode(value):
    """Data as JSON that keeps types apart: what JSON has no sort of its own for becomes an object with one key."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {'float': repr(value)}
    if isinstance(value, tuple):
        return {'tuple': [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {'dict': [[encode(key), encode(item)] for key, item in value.items()]}
    raise SystemExit('a result of type %s cannot be compared' % type(value).__name__)


def outcome(text):
    names = {'__name__': '__main__'}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, 'program', 'exec'), names)
    except Exception as error:
        return {'error': type(error).__name__, 'message': str(error)}
    return {'result': encode(names['result'])}


if sys.version_info[:2] != (3, 11):
    raise SystemExit('record with Python 3.11; messages differ between versions')
programs = sorted(path for path in HERE.glob('*.py') if path.name != 'record.py')
outcomes = []
for path in programs:
    try:
        found = outcome(path.read_text('utf-8'))
    except (SystemExit, KeyError) as problem:
        raise SystemExit('%s: %s' % (path.name, problem))
    outcomes.append('%s: %s' % (json.dumps(path.stem), json.dumps(found)))
(HERE / 'expected.json').write_text('{\n' + ',\n'.join(outcomes) + '\n}\n')
