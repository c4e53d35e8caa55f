from datetime import date
date.fromisoformat('nope')
