import json
result = [json.dumps({1: 'a', 1.5: 'b', True: 'c', None: 'd'}), json.dumps({False: 0})]
