class Config:
  x = 1
