from datetime import date
date(2023, 13, 1)
