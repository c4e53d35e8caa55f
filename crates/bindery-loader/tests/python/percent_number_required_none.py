'%d' % None
