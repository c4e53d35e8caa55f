from datetime import datetime
result = str(datetime.strptime('2024-01-02 03:04', '%Y-%m-%d %H:%M'))
