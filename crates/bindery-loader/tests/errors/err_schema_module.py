from apache.aurora.config.schema.base import *
