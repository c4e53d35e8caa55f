from datetime import timedelta
t = timedelta(days=-1, hours=3)
result = [str(t), repr(t), t.days, t.seconds, str(t * 2), str(-t), str(abs(t)), t == timedelta(hours=-21), str(timedelta(microseconds=1)), str(timedelta(1) / 2), timedelta(1) // timedelta(hours=7)]
