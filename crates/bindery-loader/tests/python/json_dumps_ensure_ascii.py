import json
result = [json.dumps('é😀\u2028'), json.dumps('é😀', ensure_ascii=False), json.dumps('\x7f\x00\x1f\\/')]
