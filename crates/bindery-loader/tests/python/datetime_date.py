import datetime
d = datetime.date(2024, 2, 29)
result = [str(d), d.year, d.isoformat(), d.weekday(), d.isoweekday(), d.strftime('%Y-%m-%d %a %b %j'), repr(d), d.replace(year=2023, day=1).isoformat(), d.toordinal(), str(datetime.date.fromisoformat('2020-01-05'))]
