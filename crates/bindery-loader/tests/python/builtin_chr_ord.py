result = [chr(97), chr(233), chr(0x1F600), ord('a'), ord('é'), ord('😀'), ord(b'a')]
