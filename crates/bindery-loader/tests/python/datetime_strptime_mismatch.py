from datetime import datetime
datetime.strptime('2024', '%Y-%m')
