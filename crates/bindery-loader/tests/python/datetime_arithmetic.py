from datetime import date, timedelta
d = date(2024, 1, 31)
result = [str(d + timedelta(days=30)), str(d - timedelta(weeks=5)), (date(2024, 3, 1) - d).days, str(date(2024, 3, 1) - d), d < date(2024, 2, 1), str(timedelta(hours=25, seconds=5)), timedelta(days=1, hours=1).total_seconds()]
