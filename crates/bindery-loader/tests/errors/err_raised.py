def pick(environment):
  if environment not in ("prod", "devel"):
    raise ValueError("unsupported environment: %s" % environment)
  return environment

pick("qa")
