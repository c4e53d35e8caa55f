from datetime import datetime
datetime(2023, 1, 1, 25)
