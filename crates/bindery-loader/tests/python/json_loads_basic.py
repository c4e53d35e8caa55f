import json
result = [json.loads(s) for s in ('null', 'true', '1', '-1.5e3', '"a\\u00e9\\n"', '[1, [2, {}]]', '{"a": {"b": null}}', ' [ ] ', '1E2', '0', '-0', '"\\ud83d\\ude00"', '123456789012345678901234567890')]
