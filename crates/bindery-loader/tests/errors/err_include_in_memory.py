include("other.aurora")
