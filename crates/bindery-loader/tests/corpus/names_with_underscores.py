_private, __dunder = 1, 2
MixedCase_3 = _private + __dunder
def _f(__x): return __x
ünïcode = 'ok'
result = [_private, __dunder, MixedCase_3, _f(3), ünïcode, __name__]
