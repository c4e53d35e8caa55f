result = ["they're bill's".title(), 'a1b2'.title(), 'ÉCOLE été'.title(), 'x-y_z'.title()]
