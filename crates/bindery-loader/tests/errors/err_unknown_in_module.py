from os import getpid
