from datetime import datetime, timedelta
d = datetime(2024, 5, 6, 7, 8, 9)
result = [str(d), d.isoformat(), d.strftime('%Y%m%dT%H%M%S'), d.strftime('%d/%m/%y %I:%M %p'), str(d + timedelta(minutes=90)), d.date().isoformat(), d.hour, repr(d), str(d.replace(microsecond=5)), d.strftime('%A %B %%')]
