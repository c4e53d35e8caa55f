cluster = "west"
name = clutser
