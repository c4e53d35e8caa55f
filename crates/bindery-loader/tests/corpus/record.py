"""Records what Python makes of the programs beside this file: run it with Python 3.11 after adding one."""
import contextlib
import io
import json
import pathlib

for path in sorted(pathlib.Path(__file__).parent.glob('*.py')):
    if path.name == 'record.py':
        continue
    printed, outcome, names = io.StringIO(), {}, {'__name__': '__main__'}
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(path.read_text(), 'program', 'exec'), names)
            outcome['result'] = repr(names['result'])
        except Exception as error:
            outcome['error'] = type(error).__name__
            outcome['message'] = str(error)
    outcome['printed'] = printed.getvalue()
    path.with_suffix('.json').write_text(json.dumps(outcome, indent=2) + '\n')
