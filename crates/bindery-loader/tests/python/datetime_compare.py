from datetime import datetime
a, b = datetime(2024, 1, 1), datetime(2024, 1, 1, 0, 0, 1)
result = [a < b, a == b, (b - a).total_seconds(), max(a, b) is b, sorted([b, a])[0] == a]
